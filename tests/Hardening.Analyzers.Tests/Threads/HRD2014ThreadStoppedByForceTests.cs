using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Threads.HRD2014ThreadStoppedByForceAnalyzer>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2014ThreadStoppedByForceTests
{
    [TestCase("[|_worker.Abort|]();", TestName = "{m}(Abort)")]
    [TestCase("[|_worker.Abort|](\"stop\");", TestName = "{m}(Abort with a reason)")]
    [TestCase("[|_worker.Suspend|](); [|_worker.Resume|]();", TestName = "{m}(Suspend and Resume)")]
    [TestCase("_spare?[|.Abort|]();", TestName = "{m}(conditionally)")]
    [TestCase("[|Thread.CurrentThread.Abort|]();", TestName = "{m}(the current thread)")]
    [TestCase("if (!_worker.Join(1000)) [|_worker.Abort|]();", TestName = "{m}(after a join that timed out)")]
    [TestCase("foreach (var thread in _all) { [|thread.Suspend|](); }", TestName = "{m}(all threads)")]
    [TestCase("Action stop = () => [|_worker.Abort|](); stop();", TestName = "{m}(a lambda)")]
    [TestCase("Action stop = [|_worker.Abort|]; stop();", TestName = "{m}(a method group)")]
    [TestCase("Stop(); void Stop() { [|_worker.Resume|](); }", TestName = "{m}(a local function)")]
    [TestCase("try { [|_worker.Abort|](); } catch (PlatformNotSupportedException) { }", TestName = "{m}(a try)")]
    [TestCase("using var stop = new CancellationTokenSource(); stop.Token.Register(() => [|_worker.Abort|]());", TestName = "{m}(a cancellation)")]
    public Task Reports(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [TestCase("async Task M() { await Task.Yield(); [|_worker.Abort|](); }", TestName = "{m}(async)")]
    [TestCase("IEnumerable<int> M() { [|_worker.Suspend|](); yield return 1; [|_worker.Resume|](); }", TestName = "{m}(an iterator)")]
    [TestCase("void M<T>(T thread, Func<T, Thread> of) => [|of(thread).Abort|]();", TestName = "{m}(a generic method)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("_worker.Interrupt();", TestName = "{m}(Interrupt)")]
    [TestCase("_worker.Join();", TestName = "{m}(Join)")]
    [TestCase("_other.Abort(); _other.Suspend(); _other.Resume();", TestName = "{m}(another type's methods)")]
    [TestCase("var name = nameof(Thread.Abort); _ = name;", TestName = "{m}(a name)")]
    [TestCase("try { _worker.Join(); } catch (ThreadAbortException) { }", TestName = "{m}(a catch)")]
    [TestCase("using var stop = new CancellationTokenSource(); stop.Cancel();", TestName = "{m}(a token)")]
    [TestCase("_socket.Abort();", TestName = "{m}(a socket)")]
    [TestCase("_worker.IsBackground = true;", TestName = "{m}(a background thread)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        """
        using System.Threading;
        var worker = new Thread(() => { });
        [|worker.Abort|]();
        """,
        message: "'Main' calls 'Thread.Abort', which always throws PlatformNotSupportedException here");

    [Test]
    public Task Another_part_of_the_type_is_reported() => Verify.ReportsAsync(
        """
        partial class C { readonly System.Threading.Thread _t = new(() => { }); }
        // === Other.cs ===
        partial class C { void M() => [|_t.Abort|](); }
        """);

    [TestCase("Abort", "ends the thread wherever it is, with its data half written")]
    [TestCase("Suspend", "stops the thread wherever it is, with the locks that it holds")]
    [TestCase("Resume", "may come before the thread has stopped: then it never goes on")]
    public Task Message_says_what_it_does_where_it_works(string method, string what) => Verify.ReportsAsync(
        $$"""class C { void M(System.Threading.Thread t) { [|t.{{method}}|](); } }""",
        new Setup { Options = "dotnet_diagnostic.CS0618.severity = none", Sources = [OldThread], Framework = Framework.NetStandard20 },
        message: $"'M' calls 'Thread.{method}', which {what}");

    // .NET Standard 2.0 has Abort alone; .NET Framework has all three.
    private const string OldThread = "namespace System.Threading { public class Thread { public void Abort() { } public void Suspend() { } public void Resume() { } } }";

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;

        class C
        {
            readonly Thread _worker = new(() => { });
            readonly List<Thread> _all = new();
            readonly Other _other = new();
            readonly System.Net.WebSockets.ClientWebSocket _socket = new();
            Thread? _spare = null;
            {{member}}
        }

        class Other { public void Abort() { } public void Suspend() { } public void Resume() { } }
        """;
}
