using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2016CancellationNeverDisposedAnalyzer, Hardening.Analyzers.Threads.HRD2016CancellationNeverDisposedCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2016CancellationNeverDisposedTests
{
    private const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;

        """;

    private static readonly Setup Web = new()
    {
        Sources =
        [
            "namespace Microsoft.AspNetCore.Http { public class HttpContext { public System.Threading.CancellationToken RequestAborted => default; } public delegate System.Threading.Tasks.Task RequestDelegate(HttpContext context); }",
            "namespace Microsoft.AspNetCore.Mvc { public class ControllerBase { public Microsoft.AspNetCore.Http.HttpContext HttpContext => new(); } }",
            "public interface ILifetime { System.Threading.CancellationToken ApplicationStopping { get; } }",
            "public static class Work { public static System.Threading.Tasks.Task DoAsync(int x, System.Threading.CancellationToken t) => System.Threading.Tasks.Task.CompletedTask; public static int Do(int x, System.Threading.CancellationToken t) => x; }",
        ],
    };

    [TestCase("class C { async Task M(int[] xs, CancellationToken t) { foreach (var x in xs) { var cts = [|CancellationTokenSource.CreateLinkedTokenSource|](t); await Work.DoAsync(x, cts.Token); } } }", TestName = "{m}(linked, in a loop)")]
    [TestCase("class C { async Task M(int[] xs) { foreach (var x in xs) { var cts = [|new CancellationTokenSource|](1000); await Work.DoAsync(x, cts.Token); } } }", TestName = "{m}(timed, in a loop)")]
    [TestCase("class C { async Task M(int[] xs) { foreach (var x in xs) { await Work.DoAsync(x, [|new CancellationTokenSource|](TimeSpan.FromSeconds(1)).Token); } } }", TestName = "{m}(timed and never held)")]
    [TestCase("class C { async Task M(int[] xs) { foreach (var x in xs) { CancellationTokenSource cts = [|new|](1000); await Work.DoAsync(x, cts.Token); } } }", TestName = "{m}(target-typed new)")]
    [TestCase("class C { async Task M() { while (true) { var cts = [|new CancellationTokenSource|](); cts.CancelAfter(100); await Work.DoAsync(1, cts.Token); } } }", TestName = "{m}(CancelAfter)")]
    [TestCase("class C { async Task M(CancellationToken t) { CancellationTokenSource? cts = null; while (!t.IsCancellationRequested) { cts = [|CancellationTokenSource.CreateLinkedTokenSource|](t); await Work.DoAsync(1, cts.Token); } cts?.Dispose(); } }", TestName = "{m}(only the last one is disposed)")]
    [TestCase("class C : Microsoft.AspNetCore.Mvc.ControllerBase { public async Task Get(CancellationToken t) { var cts = [|CancellationTokenSource.CreateLinkedTokenSource|](t); cts.CancelAfter(100); await Work.DoAsync(1, cts.Token); } }", TestName = "{m}(in a request)")]
    [TestCase("class C { Microsoft.AspNetCore.Http.RequestDelegate M() => async context => { await Work.DoAsync(1, [|CancellationTokenSource.CreateLinkedTokenSource|](context.RequestAborted, default).Token); }; }", TestName = "{m}(in a request delegate)")]
    [TestCase("class C { Task M(int[] xs, CancellationToken t) => Task.WhenAll(xs.Select(x => Work.DoAsync(x, [|CancellationTokenSource.CreateLinkedTokenSource|](t).Token))); }", TestName = "{m}(for each element)")]
    [TestCase("class C { Task M(int[] xs, CancellationToken t) => Parallel.ForEachAsync(xs, t, async (x, inner) => { var cts = [|CancellationTokenSource.CreateLinkedTokenSource|](inner); await Work.DoAsync(x, cts.Token); }); }", TestName = "{m}(in a parallel loop)")]
    [TestCase("class C { Timer M() => new(_ => { var cts = [|new CancellationTokenSource|](50); Work.Do(1, cts.Token); }, null, 0, 100); }", TestName = "{m}(in a timer tick)")]
    [TestCase("class C { async IAsyncEnumerable<int> M(int[] xs) { foreach (var x in xs) { var cts = [|new CancellationTokenSource|](50); yield return Work.Do(x, cts.Token); } } }", TestName = "{m}(in an async iterator)")]
    [TestCase("class C { void M(int[] xs) { foreach (var x in xs) { Run(x); } void Run(int x) { for (var i = 0; i < 3; i++) { var cts = [|new CancellationTokenSource|](50); Work.Do(x, cts.Token); } } } }", TestName = "{m}(in a local function)")]
    [TestCase("foreach (var arg in args) { var cts = [|new CancellationTokenSource|](50); await Work.DoAsync(arg.Length, cts.Token); }", TestName = "{m}(top-level statements)")]
    [TestCase("class C<T>(CancellationToken stop) { async Task M(IEnumerable<T> xs) { foreach (var x in xs) { var cts = [|CancellationTokenSource.CreateLinkedTokenSource|](stop); await Work.DoAsync(1, cts.Token); } } }", TestName = "{m}(a primary constructor of a generic type)")]
    [TestCase("partial class C { partial void M(); } partial class C { partial void M() { while (true) { var cts = [|new CancellationTokenSource|](5); Work.Do(1, cts.Token); } } }", TestName = "{m}(a partial type)")]
    [TestCase("class C { async Task M(CancellationToken t) { while (true) { var done = new TaskCompletionSource(); [|t.Register|](() => done.TrySetCanceled()); await done.Task; } } }", TestName = "{m}(a registration in an endless loop)")]
    [TestCase("class C { async Task M(CancellationToken t) { while (true) { var r = [|t.UnsafeRegister|](static _ => { }, null); await Task.Delay(1); Console.WriteLine(r.Token); } } }", TestName = "{m}(a registration that is only looked at)")]
    [TestCase("class C(ILifetime lifetime) : Microsoft.AspNetCore.Mvc.ControllerBase { public async Task Get() { [|lifetime.ApplicationStopping.Register|](() => { }); await Task.Delay(1); } }", TestName = "{m}(a registration on the application, per request)")]
    [TestCase("class C { readonly CancellationTokenSource _stop = new(); async Task M(IAsyncEnumerable<int> xs) { await foreach (var x in xs) { [|_stop.Token.Register|](() => { }); } } }", TestName = "{m}(a registration per item that arrives)")]
    [TestCase("class C { async Task M(int[] xs) { foreach (var x in xs) { await One(x); } } private static async Task One(int x) { var cts = [|new CancellationTokenSource|](5); await Work.DoAsync(x, cts.Token); } }", TestName = "{m}(in a method that only a loop calls)")]
    public Task Reports(string source) => Verify.ReportsAsync(Usings + source, Web);

    [TestCase("class C { async Task M(int[] xs, CancellationToken t) { foreach (var x in xs) { using var cts = CancellationTokenSource.CreateLinkedTokenSource(t); await Work.DoAsync(x, cts.Token); } } }", TestName = "{m}(using)")]
    [TestCase("class C { async Task M(int[] xs, CancellationToken t) { foreach (var x in xs) { var cts = CancellationTokenSource.CreateLinkedTokenSource(t); try { await Work.DoAsync(x, cts.Token); } finally { cts.Dispose(); } } } }", TestName = "{m}(finally)")]
    [TestCase("class C { async Task M(CancellationToken t) { var cts = CancellationTokenSource.CreateLinkedTokenSource(t); await Work.DoAsync(1, cts.Token); } }", TestName = "{m}(once)")]
    [TestCase("class C { async Task M(int[] xs) { foreach (var x in xs) { var cts = new CancellationTokenSource(); await Work.DoAsync(x, cts.Token); cts.Cancel(); } } }", TestName = "{m}(neither linked nor timed)")]
    [TestCase("class C { async Task M(int[] xs) { foreach (var x in xs) { var cts = new CancellationTokenSource(Timeout.InfiniteTimeSpan); await Work.DoAsync(x, cts.Token); } } }", TestName = "{m}(a time that never comes)")]
    [TestCase("class C { async Task M(int[] xs) { foreach (var x in xs) { var cts = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken.None, default); await Work.DoAsync(x, cts.Token); } } }", TestName = "{m}(linked to nothing)")]
    [TestCase("class C { readonly List<CancellationTokenSource> _all = []; void M(int[] xs) { foreach (var x in xs) { var cts = new CancellationTokenSource(5); _all.Add(cts); } } }", TestName = "{m}(kept in a list)")]
    [TestCase("class C { CancellationTokenSource? _last; void M(int[] xs) { foreach (var x in xs) { _last?.Dispose(); _last = new CancellationTokenSource(5); } } }", TestName = "{m}(kept in a field)")]
    [TestCase("class C { IEnumerable<CancellationTokenSource> M(int[] xs) => xs.Select(x => new CancellationTokenSource(x)); }", TestName = "{m}(returned)")]
    [TestCase("class Owner(CancellationTokenSource cts) : IDisposable { public void Dispose() => cts.Dispose(); } class C { void M(int[] xs) { foreach (var x in xs) { using var o = new Owner(new CancellationTokenSource(x)); } } }", TestName = "{m}(taken over)")]
    [TestCase("class C { void M(int[] xs) { foreach (var x in xs) { var cts = new CancellationTokenSource(5); _ = Work.DoAsync(x, cts.Token).ContinueWith(_ => cts.Dispose()); } } }", TestName = "{m}(disposed when the work ends)")]
    [TestCase("class C { async Task M(CancellationToken t) { while (true) { var done = new TaskCompletionSource(); using (t.Register(() => done.TrySetCanceled())) { await done.Task; } } } }", TestName = "{m}(a registration that is used)")]
    [TestCase("class C { async Task M(CancellationToken t) { while (true) { await using var r = t.Register(() => { }); await Task.Delay(1); } } }", TestName = "{m}(a registration that is awaited away)")]
    [TestCase("class C { async Task M(CancellationToken t) { while (true) { var r = t.Register(() => { }); await Task.Delay(1); r.Unregister(); } } }", TestName = "{m}(a registration that is taken back)")]
    [TestCase("class C { void M(CancellationToken t, Action[] stops) { foreach (var stop in stops) { t.Register(stop); } } }", TestName = "{m}(a registration for each of a list)")]
    [TestCase("class C { void M(CancellationToken t) { t.Register(() => { }); } }", TestName = "{m}(a registration, once)")]
    [TestCase("class C : Microsoft.AspNetCore.Mvc.ControllerBase { public void Get(CancellationToken t) { t.Register(() => { }); HttpContext.RequestAborted.Register(() => { }); } }", TestName = "{m}(registrations that end with the request)")]
    [TestCase("class C { async Task M() { while (true) { using var cts = new CancellationTokenSource(5); cts.Token.Register(() => { }); await Work.DoAsync(1, cts.Token); } } }", TestName = "{m}(a registration that ends with its source)")]
    [TestCase("class C { async Task M() { while (true) { CancellationToken.None.Register(() => { }); await Task.Delay(1); } } }", TestName = "{m}(a registration on nothing)")]
    [TestCase("class CancellationTokenSource(int ms) { public CancellationToken Token => new(ms > 0); } class C { void M(int[] xs) { foreach (var x in xs) { var cts = new CancellationTokenSource(5); Work.Do(x, cts.Token); } } }", TestName = "{m}(another source)")]
    [TestCase("class C { async Task M(int[] xs, CancellationToken t) { foreach (var x in xs) { await One(x, t); } } private static async Task One(int x, CancellationToken t) { using var cts = CancellationTokenSource.CreateLinkedTokenSource(t); t.Register(() => { }); await Work.DoAsync(x, cts.Token); } }", TestName = "{m}(disposed in a method that only a loop calls)")]
    public Task Is_silent_on(string source) => Verify.ReportsAsync(Usings + source, Web);

    [TestCase("class C { void Poll() { while (true) { var cts = [|new CancellationTokenSource|](5); Work.Do(1, cts.Token); } } }", "'Poll' never disposes 'cts', one per iteration of a loop: its timer runs on when nobody needs it any more")]
    [TestCase("class C { void Poll(CancellationToken t) { while (true) { Work.Do(1, [|CancellationTokenSource.CreateLinkedTokenSource|](t).Token); } } }", "'Poll' never disposes its CancellationTokenSource, one per iteration of a loop: it stays in the tokens that it is linked to as long as they live")]
    [TestCase("class C { void Poll(CancellationToken t) { while (true) { [|t.Register|](() => { }); } } }", "'Poll' never disposes its registration on 't', one per iteration of a loop: it stays in the token, with all that its callback refers to, as long as that lives")]
    public Task Message_says_who_and_what(string source, string message) => Verify.ReportsAsync(Usings + source, Web, message);

    [Test]
    public Task Fix_declares_with_using() => Verify.FixesAsync(
        Usings +
        """
        class C
        {
            async Task M(int[] xs, CancellationToken t)
            {
                foreach (var x in xs)
                {
                    // one each
                    var cts = [|CancellationTokenSource.CreateLinkedTokenSource|](t); // linked
                    cts.CancelAfter(100);
                    var token = cts.Token;
                    await Work.DoAsync(x, token).ConfigureAwait(false);
                    var second = Work.DoAsync(x, cts.Token);
                    await second;
                    await Task.WhenAny(second, Task.Delay(-1, cts.Token));
                    Work.Do(x, token);
                }
            }
        }
        """,
        Usings +
        """
        class C
        {
            async Task M(int[] xs, CancellationToken t)
            {
                foreach (var x in xs)
                {
                    // one each
                    using var cts = CancellationTokenSource.CreateLinkedTokenSource(t); // linked
                    cts.CancelAfter(100);
                    var token = cts.Token;
                    await Work.DoAsync(x, token).ConfigureAwait(false);
                    var second = Work.DoAsync(x, cts.Token);
                    await second;
                    await Task.WhenAny(second, Task.Delay(-1, cts.Token));
                    Work.Do(x, token);
                }
            }
        }
        """, setup: Web);

    [Test]
    public Task Fix_All_names_what_was_never_held() => Verify.FixesAllAsync(
        Usings +
        """
        class C
        {
            async Task M(CancellationToken t)
            {
                while (true)
                {
                    // first
                    await Work.DoAsync(1, [|new CancellationTokenSource|](100).Token); // one
                    // second
                    await Work.DoAsync(2, [|new CancellationTokenSource|](200).Token); // two
                    var done = new TaskCompletionSource();
                    // third
                    [|t.Register|](() => done.TrySetCanceled()); // three
                    await done.Task;
                }
            }
        }
        """,
        Usings +
        """
        class C
        {
            async Task M(CancellationToken t)
            {
                while (true)
                {
                    // first
                    using var cancellation = new CancellationTokenSource(100);
                    await Work.DoAsync(1, cancellation.Token); // one
                    // second
                    using var cancellation2 = new CancellationTokenSource(200);
                    await Work.DoAsync(2, cancellation2.Token); // two
                    var done = new TaskCompletionSource();
                    // third
                    using var registration = t.Register(() => done.TrySetCanceled()); // three
                    await done.Task;
                }
            }
        }
        """, setup: Web);

    [TestCase("void M(int[] xs) { foreach (var x in xs) { var cts = [|new CancellationTokenSource|](5); _ = Work.DoAsync(x, cts.Token); } }", TestName = "{m}(the work is not awaited)")]
    [TestCase("void M(int[] xs) { var all = new List<Task>(); foreach (var x in xs) { var cts = [|new CancellationTokenSource|](5); all.Add(Work.DoAsync(x, cts.Token)); } }", TestName = "{m}(the work is awaited later)")]
    [TestCase("async Task M(Task stop) { while (true) { var cts = [|new CancellationTokenSource|](5); await Task.WhenAny(stop, Work.DoAsync(1, cts.Token)); } }", TestName = "{m}(the work may lose a race)")]
    [TestCase("async Task M() { while (true) { var cts = [|new CancellationTokenSource|](5); await Task.Run(() => Work.Do(1, cts.Token)); } }", TestName = "{m}(a lambda has captured it)")]
    [TestCase("Task M(int[] xs) { while (true) { var cts = [|new CancellationTokenSource|](5); return Work.DoAsync(1, cts.Token); } }", TestName = "{m}(the task is returned)")]
    [TestCase("class Job(CancellationToken t) { public void Start() => Console.WriteLine(t); } void M() { while (true) { var cts = [|new CancellationTokenSource|](5); new Job(cts.Token).Start(); } }", TestName = "{m}(an object keeps the token)")]
    [TestCase("void M(CancellationToken t) { while (true) { [|t.Register|](() => { }); } }", TestName = "{m}(nothing says when a registration is over)")]
    [TestCase("async Task M(int n, CancellationToken t) { while (true) { switch (n) { case 1: var cts = [|new CancellationTokenSource|](5); await Work.DoAsync(1, cts.Token); break; } } }", TestName = "{m}(a switch section)")]
    [TestCase("async Task M(CancellationToken t) { CancellationTokenSource? cts = null; while (true) { cts = [|new CancellationTokenSource|](5); await Work.DoAsync(1, cts.Token); } }", TestName = "{m}(the local is declared outside)")]
    public Task Fix_is_not_offered_where(string source) => Verify.OffersNoFixAsync(Usings + "class C { " + source + " }", setup: Web);
}
