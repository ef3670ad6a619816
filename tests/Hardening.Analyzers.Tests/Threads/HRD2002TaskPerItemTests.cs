using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2002TaskPerItemAnalyzer, Hardening.Analyzers.Threads.HRD2002TaskPerItemCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2002TaskPerItemTests
{
    [TestCase("foreach (var item in _items) { [|Task.Run|](() => Work(item)); }", TestName = "{m}(a foreach)")]
    [TestCase("foreach (var item in _items) { _ = [|Task.Run|](async () => await WorkAsync(item)); }", TestName = "{m}(a discard)")]
    [TestCase("foreach (var item in _items) [|Task.Factory.StartNew|](() => Work(item));", TestName = "{m}(StartNew)")]
    [TestCase("foreach (var item in _items) { [|ThreadPool.QueueUserWorkItem|](_ => Work(item)); }", TestName = "{m}(QueueUserWorkItem)")]
    [TestCase("foreach (var item in _items) { [|ThreadPool.UnsafeQueueUserWorkItem|](static x => { }, item, preferLocal: true); }", TestName = "{m}(UnsafeQueueUserWorkItem)")]
    [TestCase("foreach (var item in _items) { if (![|ThreadPool.QueueUserWorkItem|](Run)) { throw new InvalidOperationException(); } }", TestName = "{m}(a method group)")]
    [TestCase("foreach (var item in _items) { [|Task.Run|](() => Work(item)).ContinueWith(t => Console.WriteLine(t.Exception)); }", TestName = "{m}(a continuation that only logs)")]
    [TestCase("foreach (var item in _items) { var t = [|Task.Run|](() => Work(item)); }", TestName = "{m}(a local that nobody uses)")]
    [TestCase("foreach (var item in _items) { var t = [|Task.Run|](() => Work(item)); t.ContinueWith(x => { }); }", TestName = "{m}(a local that is only continued)")]
    [TestCase("foreach (var item in _items) { [|Task.Run|](() => Work(item)).Forget(); }", TestName = "{m}(a Forget extension)")]
    [TestCase("for (var i = 0; i < _items.Length; i++) { var n = i; [|Task.Run|](() => Work(n)); }", TestName = "{m}(a for over the items)")]
    [TestCase("for (var i = 0; i < 1000; i++) { [|Task.Run|](() => Work(1)); }", TestName = "{m}(a thousand)")]
    [TestCase("while (true) { var client = _listener.AcceptTcpClient(); [|Task.Run|](() => client.Close()); }", TestName = "{m}(an accept loop)")]
    [TestCase("_running = true; while (_running) { var context = _http.GetContext(); _ = [|Task.Run|](() => context.Response.Close()); }", TestName = "{m}(a loop until it is stopped)")]
    [TestCase("Parallel.ForEach(_items, item => { [|Task.Run|](() => Work(item)); });", TestName = "{m}(a parallel loop)")]
    [TestCase("Array.ForEach(_items, item => [|Task.Run|](() => Work(item)));", TestName = "{m}(ForEach)")]
    [TestCase("_timer = new Timer(_ => [|Task.Run|](() => Work(1)), null, 0, 10);", TestName = "{m}(a timer)")]
    [TestCase("_ticks.Elapsed += (s, e) => { [|Task.Run|](() => Work(1)); };", TestName = "{m}(an Elapsed handler)")]
    [TestCase("_camera.FrameReady += (s, frame) => [|ThreadPool.QueueUserWorkItem|](_ => Work(1));", TestName = "{m}(a frame handler)")]
    [TestCase("_camera.FrameReady += OnFrame; void OnFrame(object? s, EventArgs frame) { _ = [|Task.Run|](() => Work(1)); }", TestName = "{m}(a local function as handler)")]
    [TestCase("var all = new List<Task>(); foreach (var item in _items) { all.Add([|Task.Factory.StartNew|](() => Work(item), TaskCreationOptions.LongRunning)); } Task.WaitAll(all.ToArray());", TestName = "{m}(long-running, collected)")]
    [TestCase("foreach (var item in _items) { [|Task.Factory.StartNew|](() => Work(item), default, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default); }", TestName = "{m}(long-running with flags)")]
    [TestCase("var all = new List<Task>(); foreach (var item in _items) { all.Add([|Task.Run|](() => Thread.Sleep(item))); } Task.WaitAll(all.ToArray());", TestName = "{m}(collected, but they block)")]
    [TestCase("var all = _items.Select(item => [|Task.Run|](() => File.ReadAllText(item.ToString()))).ToArray(); Task.WaitAll(all);", TestName = "{m}(a query of tasks that block)")]
    [TestCase("var all = new Task[_items.Length]; for (var i = 0; i < _items.Length; i++) { all[i] = [|Task.Run|](Save); } Task.WaitAll(all);", TestName = "{m}(an array of tasks that block through a call)")]
    [TestCase("foreach (var item in _items) { if (item > 0) { [|Task.Run|](() => Work(item)); } else { break; } }", TestName = "{m}(a break elsewhere)")]
    [TestCase("foreach (var item in _items) { [|Task.Run|](() => { _gate.Wait(); try { Work(item); } finally { _gate.Release(); } }); }", TestName = "{m}(tasks that block at a semaphore)")]
    [TestCase("Interlocked.Increment(ref _count); foreach (var item in _items) { Interlocked.Increment(ref _count); [|Task.Run|](() => Work(item)); }", TestName = "{m}(a statistic)")]
    public Task Reports_in(string body) => Verify.ReportsAsync(In(body));

    [TestCase("async Task M() { foreach (var item in _items) { await Task.Yield(); _ = [|Task.Run|](() => Work(item)); } }", TestName = "{m}(async)")]
    [TestCase("async Task M(IAsyncEnumerable<int> items) { await foreach (var item in items) { _ = [|Task.Run|](() => Work(item)); } }", TestName = "{m}(an await foreach)")]
    [TestCase("IEnumerable<int> M() { foreach (var item in _items) { [|Task.Run|](() => Work(item)); yield return item; } }", TestName = "{m}(an iterator)")]
    [TestCase("void M<T>(IEnumerable<T> items) { foreach (var item in items) { [|Task.Run|](() => item?.ToString()); } }", TestName = "{m}(a generic method)")]
    [TestCase("void M() { using var file = new MemoryStream(); foreach (var item in _items) { [|Task.Run|](() => file.WriteByte(1)); } }", TestName = "{m}(within a using)")]
    [TestCase("void M() { foreach (var item in _items) { Start(item); } } void Start(int item) => [|Task.Run|](() => Work(item));", TestName = "{m}(a method that a loop calls)")]
    [TestCase("void M() => _ticks.Elapsed += OnTick; void OnTick(object? s, System.Timers.ElapsedEventArgs e) { _ = [|Task.Run|](() => Work(1)); }", TestName = "{m}(a tick method)")]
    [TestCase("void M() { lock (_items) foreach (var item in _items) { [|Task.Run|](() => Work(item)); } }", TestName = "{m}(under a lock)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("Task.Run(() => Work(1));", TestName = "{m}(one task)")]
    [TestCase("for (var i = 0; i < 4; i++) { Task.Run(() => Work(1)); }", TestName = "{m}(four)")]
    [TestCase("for (var i = 0; i < Environment.ProcessorCount; i++) { _ = Task.Run(() => Work(1)); }", TestName = "{m}(one per core)")]
    [TestCase("for (var i = 0; i < _workerCount; i++) { _ = Task.Run(() => Work(1)); }", TestName = "{m}(a setting)")]
    [TestCase("for (var i = 0; i < Math.Min(8, _items.Length); i++) { _ = Task.Run(() => Work(1)); }", TestName = "{m}(a clamped number)")]
    [TestCase("while (_tasks.Count < _workerCount) { _tasks.Add(Task.Factory.StartNew(() => Work(1), TaskCreationOptions.LongRunning)); }", TestName = "{m}(filled up to a setting)")]
    [TestCase("foreach (var item in _items) { _tasks.Add(Task.Factory.StartNew(() => Work(item), TaskCreationOptions.LongRunning)); }", TestName = "{m}(one per device, owned)")]
    [TestCase("foreach (var work in new Action[] { () => { }, () => { } }) { Task.Run(work); }", TestName = "{m}(a literal list)")]
    [TestCase("int[] few = [1, 2, 3]; foreach (var item in few) { Task.Run(() => Work(item)); }", TestName = "{m}(a short list)")]
    [TestCase("var all = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Thread.Sleep(1))).ToArray(); Task.WaitAll(all);", TestName = "{m}(a range)")]
    [TestCase("var all = new List<Task>(); foreach (var item in _items) { all.Add(Task.Run(() => Work(item))); } Task.WaitAll(all.ToArray());", TestName = "{m}(collected work that keeps a core busy)")]
    [TestCase("foreach (var item in _items) { var t = Task.Run(() => Work(item)); t.Wait(); }", TestName = "{m}(one after the other)")]
    [TestCase("foreach (var item in _items) { _gate.Wait(); Task.Run(() => { try { Work(item); } finally { _gate.Release(); } }); }", TestName = "{m}(a semaphore)")]
    [TestCase("foreach (var item in _items) { _ = Task.Run(async () => { await _gate.WaitAsync(); try { Work(item); } finally { _gate.Release(); } }); }", TestName = "{m}(a semaphore in the task)")]
    [TestCase("_ticks.Elapsed += (s, e) => { if (Interlocked.Exchange(ref _busy, 1) == 0) { Task.Run(() => { Work(1); _busy = 0; }); } };", TestName = "{m}(one at a time)")]
    [TestCase("_ticks.Elapsed += (s, e) => { if (_running) return; _running = true; Task.Run(() => { Work(1); _running = false; }); };", TestName = "{m}(a flag)")]
    [TestCase("_ticks.Elapsed += (s, e) => { if (_count >= 8) { return; } _count++; Task.Run(() => Work(1)); };", TestName = "{m}(a counter)")]
    [TestCase("var all = new List<Task>(); foreach (var item in _items) { all.Add(Task.Run(() => Thread.Sleep(1))); if (all.Count == 8) { Task.WaitAll(all.ToArray()); all.Clear(); } }", TestName = "{m}(batches)")]
    [TestCase("foreach (var batch in _items.Chunk(8)) { var all = new List<Task>(); foreach (var item in batch) { all.Add(Task.Run(() => Thread.Sleep(1))); } Task.WaitAll(all.ToArray()); }", TestName = "{m}(chunks)")]
    [TestCase("foreach (var item in _items) { if (item > 0) { Task.Run(() => Work(item)); break; } }", TestName = "{m}(the first one)")]
    [TestCase("foreach (var item in _items) { if (item > 0) { Task.Run(() => Work(item)); return; } }", TestName = "{m}(the first one, then return)")]
    [TestCase("foreach (var item in _items) { _task ??= Task.Run(() => Work(item)); }", TestName = "{m}(made once)")]
    [TestCase("foreach (var item in _items) { _task = Task.Run(() => Work(item)); }", TestName = "{m}(kept in a field)")]
    [TestCase("foreach (var item in _items) { _later += () => Task.Run(() => Work(item)); }", TestName = "{m}(a lambda that is only defined)")]
    [TestCase("foreach (var item in _items) { Task.Factory.StartNew(() => Work(item), default, TaskCreationOptions.None, _limited); }", TestName = "{m}(a scheduler with a limit)")]
    [TestCase("foreach (var item in _items) { Task.Factory.StartNew(async () => await WorkAsync(item), TaskCreationOptions.LongRunning); }", TestName = "{m}(an async delegate, which is another mistake)")]
    [TestCase("AppDomain.CurrentDomain.ProcessExit += (s, e) => Task.Run(() => Work(1));", TestName = "{m}(an event that comes once)")]
    [TestCase("foreach (var item in _items) { Work(Task.Run(() => item).Result); }", TestName = "{m}(a result)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    [TestCase("async Task M() { foreach (var item in _items) { await Task.Run(() => Work(item)); } }", TestName = "{m}(an await)")]
    [TestCase("async Task M() { foreach (var item in _items) { var t = Task.Run(() => Work(item)); await Task.WhenAny(t, Task.Delay(1)); } }", TestName = "{m}(an await with a limit)")]
    [TestCase("async Task M() { foreach (var item in _items) { await _gate.WaitAsync(); _ = Task.Run(() => Work(item)).ContinueWith(_ => _gate.Release()); } }", TestName = "{m}(a semaphore that is awaited)")]
    [TestCase("async Task M() { var all = new List<Task>(); foreach (var item in _items) { all.Add(Task.Run(() => Thread.Sleep(1))); if (all.Count > 8) { all.Remove(await Task.WhenAny(all)); } } await Task.WhenAll(all); }", TestName = "{m}(a window)")]
    [TestCase("Task M(int item) => Task.Run(() => Work(item));", TestName = "{m}(a task that is returned)")]
    [TestCase("IEnumerable<Task> M() { foreach (var item in _items) { yield return Task.Run(() => Work(item)); } }", TestName = "{m}(tasks that are handed out)")]
    [TestCase("async Task M(System.Threading.RateLimiting.RateLimiter limiter) { foreach (var item in _items) { using var lease = await limiter.AcquireAsync(); _ = Task.Run(() => Work(item)); } }", TestName = "{m}(a rate limiter)")]
    public Task Is_silent_on_the_member(string member) => Verify.ReportsAsync(Member(member), new() { Sources = [RateLimiter] });

    private const string RateLimiter = "namespace System.Threading.RateLimiting { public abstract class RateLimiter { public abstract System.Threading.Tasks.ValueTask<RateLimitLease> AcquireAsync(); } public abstract class RateLimitLease : System.IDisposable { public abstract void Dispose(); } }";

    [TestCase("class Orders : Microsoft.AspNetCore.Mvc.ControllerBase { public void Post() { _ = [|Task.Run|](() => { }); } }", TestName = "{m}(a controller action)")]
    [TestCase("class Orders : Microsoft.AspNetCore.Mvc.ControllerBase { public async Task Post() => await Task.Run(() => { }); }", TestName = "{m}(but not a task that is awaited)")]
    [TestCase("class Orders : Microsoft.AspNetCore.Mvc.ControllerBase { public Task Post() => Task.Run(() => { }); }", TestName = "{m}(nor one that is returned)")]
    [TestCase("class Orders : Microsoft.AspNetCore.Mvc.ControllerBase { public async Task Post() { var a = Task.Run(() => { }); var b = Task.Run(() => { }); await Task.WhenAll(a, b); } }", TestName = "{m}(nor two)")]
    [TestCase("class Orders : Microsoft.AspNetCore.Mvc.ControllerBase { public async Task Post() { var all = new List<Task>(); all.Add(Task.Run(() => Thread.Sleep(1))); await Task.WhenAll(all); } }", TestName = "{m}(nor one in a list)")]
    [TestCase("class Log { public Task InvokeAsync(Microsoft.AspNetCore.Http.HttpContext context) { [|ThreadPool.QueueUserWorkItem|](_ => { }); return Task.CompletedTask; } }", TestName = "{m}(a middleware)")]
    [TestCase("static class App { static void Map(Microsoft.AspNetCore.Builder.WebApplication app) { app.MapPost(\"/\", () => { [|Task.Run|](() => { }); }); } }", TestName = "{m}(a minimal API)")]
    [TestCase("static class App { static void Map(Microsoft.AspNetCore.Builder.WebApplication app) { app.MapPost(\"/\", () => Task.Run(() => { })); } }", TestName = "{m}(a minimal API that returns it)")]
    public Task Reports_for_each_request_in(string source) =>
        Verify.ReportsAsync($"using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using Microsoft.AspNetCore.Builder;\n{source}", HRD2001ThreadPerItemTests.AspNet);

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        """
        using System.Threading.Tasks;
        foreach (var arg in args) { [|Task.Run|](() => arg.Length); }
        """,
        message: "'Main' starts a forgotten task for each iteration of a loop, so the load decides how many tasks there are");

    [Test]
    public Task Sees_callers_in_other_documents() => Verify.ReportsAsync(
        """
        using System.Threading.Tasks;
        static class Mail { internal static void Send(string to) => _ = [|Task.Run|](() => to.Length); }
        // === Other.cs ===
        class C { void M(string[] all) { foreach (var to in all) { Mail.Send(to); } } }
        """);

    [Test]
    public Task Another_part_of_the_type_is_reported() => Verify.ReportsAsync(
        """
        partial class C { int[] _items = new int[9]; }
        // === Other.cs ===
        partial class C { void M() { foreach (var item in _items) { [|System.Threading.Tasks.Task.Run|](() => item); } } }
        """);

    [TestCase("void Start() { foreach (var item in _items) { [|Task.Factory.StartNew|](() => Work(item), TaskCreationOptions.LongRunning); } }", "'Start' starts a long-running task, which is a thread, for each iteration of a loop, so the load decides how many threads there are")]
    [TestCase("Task Start() => Task.WhenAll(_items.Select(item => [|Task.Run|](() => Thread.Sleep(item))));", "'Start' starts a task that blocks in 'Thread.Sleep' for each element, so the load decides how many threads there are")]
    public Task Message_says_what_is_started(string member, string message) => Verify.ReportsAsync(Member(member), message: message);

    [Test]
    public Task Fix_awaits_a_parallel_loop_where_nobody_waited() => Verify.FixesAllAsync(
        Member("""
            async Task M()
            {
                await Task.Yield();
                // For each of them.
                foreach (var item in _items)
                {
                    // Not now.
                    _ = [|Task.Run|](async () =>
                    {
                        await WorkAsync(item); // slowly
                    });
                } // started

                foreach (var item in _items) [|Task.Run|](() => Work(item));
                foreach (var item in _items) { [|Task.Run|](() => WorkAsync(item)); }
                foreach (var item in _items)
                {
                    [|ThreadPool.QueueUserWorkItem|](_ => { Work(item); });
                }
            }
        """),
        Member("""
            async Task M()
            {
                await Task.Yield();
                // For each of them.
                // Not now.
                await Parallel.ForEachAsync(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (item, _) =>
                {
                    await WorkAsync(item); // slowly
                }); // started

                await Parallel.ForEachAsync(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (item, _) =>
                {
                    Work(item);
                    return ValueTask.CompletedTask;
                });
                await Parallel.ForEachAsync(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (item, _) => await WorkAsync(item));
                await Parallel.ForEachAsync(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (item, _) =>
                {
                    Work(item);
                    return ValueTask.CompletedTask;
                });
            }
        """),
        title: "Use Parallel.ForEachAsync with a limit, and wait for it");

    [Test]
    public Task Fix_replaces_a_list_of_tasks() => Verify.FixesAsync(
        Member("""
            async Task M()
            {
                await Task.Yield();
                // All of them.
                var all = new List<Task>();
                foreach (var item in _items)
                {
                    all.Add([|Task.Run|](() => { _ = item; Thread.Sleep(item); })); // wait
                }

                // Until they are done.
                await Task.WhenAll(all).ConfigureAwait(false); // done
                Work(1);
            }
        """),
        Member("""
            async Task M()
            {
                await Task.Yield();
                // All of them.
                // wait
                // Until they are done.
                await Parallel.ForEachAsync(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (item, cancellation) =>
                {
                    _ = item; Thread.Sleep(item);
                    return ValueTask.CompletedTask;
                }); // done
                Work(1);
            }
        """),
        title: "Use Parallel.ForEachAsync with a limit");

    [Test]
    public Task Fix_works_at_the_top_level() => Verify.FixesAsync(
        """
        using System;
        using System.Threading.Tasks;
        foreach (var arg in args)
        {
            [|Task.Run|](() => Console.WriteLine(arg));
        }
        """,
        """
        using System;
        using System.Threading.Tasks;
        await Parallel.ForEachAsync(args, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (arg, _) =>
        {
            Console.WriteLine(arg);
            return ValueTask.CompletedTask;
        });
        """);

    [TestCase("void M() { foreach (var item in _items) { [|Task.Run|](() => Work(item)); } }", TestName = "{m}(the method is not async)")]
    [TestCase("async Task M() { await Task.Yield(); foreach (var item in _items) { Work(item); _ = [|Task.Run|](() => Work(item)); } }", TestName = "{m}(the loop does more)")]
    [TestCase("async Task M() { await Task.Yield(); lock (_items) { foreach (var item in _items) { _ = [|Task.Run|](() => Work(item)); } } }", TestName = "{m}(a lock is held)")]
    [TestCase("async Task M() { await Task.Yield(); foreach (var item in _items.Where(i => i > 0)) { _ = [|Task.Run|](() => Work(item)); } }", TestName = "{m}(the sequence is lazy)")]
    [TestCase("async Task M() { await Task.Yield(); foreach (var item in _items) { _ = [|Task.Run|](() => { if (item == 0) { return; } Work(item); }); } }", TestName = "{m}(the work returns early)")]
    [TestCase("async Task M() { await Task.Yield(); foreach (var item in _items) { _ = [|Task.Run|](() => item + 1); } }", TestName = "{m}(the work is a value)")]
    [TestCase("async Task M() { await Task.Yield(); foreach (var item in _items) { _ = [|Task.Run|](() => { _gate.Wait(); Work(item); }); } }", TestName = "{m}(the work waits for others)")]
    [TestCase("async Task M() { await Task.Yield(); foreach (var item in _items) { [|ThreadPool.QueueUserWorkItem|](Run, item); } }", TestName = "{m}(the work is a method)")]
    [TestCase("async Task M() { await Task.Yield(); foreach (var item in _items) { _ = [|Task.Run|](() => Work(item)).ContinueWith(t => { }); } }", TestName = "{m}(there is a continuation)")]
    [TestCase("async Task M() { await Task.Yield(); while (true) { var c = _listener.AcceptTcpClient(); _ = [|Task.Run|](() => c.Close()); } }", TestName = "{m}(the loop is endless)")]
    [TestCase("async Task<int> M() { var all = new List<Task>(); foreach (var item in _items) { all.Add([|Task.Run|](() => Thread.Sleep(item))); } await Task.WhenAll(all); return all.Count; }", TestName = "{m}(the list is used again)")]
    [TestCase("async Task<int[]> M() { var all = new List<Task<int>>(); foreach (var item in _items) { all.Add([|Task.Run|](() => { Thread.Sleep(item); return 1; })); } return await Task.WhenAll(all); }", TestName = "{m}(there are results)")]
    public Task Fix_is_not_offered_where(string member) => Verify.OffersNoFixAsync(Member(member));

    private static string In(string body) => Member($"void M() {{ {body} }}");

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Net;
        using System.Net.Sockets;
        using System.Threading;
        using System.Threading.Tasks;

        class C(TaskScheduler limited)
        {
            readonly int[] _items = new int[9];
            readonly List<Task> _tasks = new();
            readonly SemaphoreSlim _gate = new(8);
            readonly TaskScheduler _limited = limited;
            readonly TcpListener _listener = new(IPAddress.Any, 0);
            readonly HttpListener _http = new();
            readonly System.Timers.Timer _ticks = new();
            readonly Camera _camera = new();
            Timer? _timer; Task? _task; Action? _later; int _workerCount = 4, _count, _busy; bool _running;
            void Work(int item) { }
            Task WorkAsync(int item) => Task.CompletedTask;
            void Save() => File.WriteAllText("x", "y");
            void Run(object? state) { }

        {{member}}
        }

        class Camera { public event EventHandler? FrameReady; void Raise() => FrameReady?.Invoke(this, EventArgs.Empty); }
        static class Extensions { public static void Forget(this Task task) { } }
        """;
}
