using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2008BlockingWaitInAsyncCodeAnalyzer, Hardening.Analyzers.Threads.HRD2008BlockingWaitInAsyncCodeCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2008BlockingWaitInAsyncCodeTests
{
    [TestCase("[|Thread.Sleep|](100);", TestName = "{m}(a sleep)")]
    [TestCase("[|Thread.Sleep|](TimeSpan.FromSeconds(1));", TestName = "{m}(a sleep of a span)")]
    [TestCase("while (_isBusy) { [|Thread.Sleep|](50); }", TestName = "{m}(a poll)")]
    [TestCase("[|_slots.Wait|](); try { await Task.Yield(); } finally { _slots.Release(); }", TestName = "{m}(a semaphore)")]
    [TestCase("if ([|_slots.Wait|](TimeSpan.FromSeconds(1), _token)) { _slots.Release(); }", TestName = "{m}(a semaphore with a limit)")]
    [TestCase("[|_ready.WaitOne|](1000);", TestName = "{m}(a handle)")]
    [TestCase("[|_token.WaitHandle.WaitOne|](1000);", TestName = "{m}(the handle of a token)")]
    [TestCase("[|WaitHandle.WaitAny|](new WaitHandle[] { _ready, _token.WaitHandle });", TestName = "{m}(several handles)")]
    [TestCase("[|_done.Wait|](_token); [|_count.Wait|](); [|_barrier.SignalAndWait|]();", TestName = "{m}(events)")]
    [TestCase("_thread?[|.Join|]();", TestName = "{m}(a join)")]
    [TestCase("[|_process.WaitForExit|]();", TestName = "{m}(a process)")]
    [TestCase("if (![|_process.WaitForExit|](5000)) { _process.Kill(); }", TestName = "{m}(a process with a limit)")]
    [TestCase("foreach (var n in [|_queue.GetConsumingEnumerable|]()) { await Task.Delay(n); } var m = [|_queue.Take|]();", TestName = "{m}(a queue)")]
    [TestCase("SpinWait.SpinUntil(() => _isBusy); [|SpinWait.SpinUntil|](() => _isBusy, 1000);", TestName = "{m}(a spin with a limit)")]
    [TestCase("using var s = new MemoryStream(); [|Thread.Sleep|](1); while (_isBusy) { [|Thread.Sleep|](20); await Task.Yield(); }", TestName = "{m}(within a using)")]
    [TestCase("lock (_gate) { [|Monitor.Wait|](_gate); }", TestName = "{m}(a wait that gives up its lock)")]
    public Task Reports_in_async_code(string body) => Verify.ReportsAsync(Member($"async Task M() {{ await Task.Yield(); {body} }}"));

    [TestCase("async void M() { await Task.Yield(); [|Thread.Sleep|](1); }", TestName = "{m}(async void)")]
    [TestCase("async IAsyncEnumerable<int> M() { await Task.Yield(); [|Thread.Sleep|](1); yield return 1; }", TestName = "{m}(an async iterator)")]
    [TestCase("async ValueTask<T?> M<T>() { await Task.Yield(); [|Thread.Sleep|](1); return default; }", TestName = "{m}(a generic method)")]
    [TestCase("void M() { async Task Local() { await Task.Yield(); [|Thread.Sleep|](1); } _ = Local(); }", TestName = "{m}(a local function)")]
    [TestCase("void M() { Func<Task> f = async () => { await Task.Yield(); [|Thread.Sleep|](1); }; }", TestName = "{m}(an async lambda)")]
    [TestCase("Task M() => Task.Run(async () => { await Task.Yield(); [|Thread.Sleep|](1); });", TestName = "{m}(an async lambda on the pool)")]
    [TestCase("Task M() => Task.Run(() => [|Thread.Sleep|](1));", TestName = "{m}(work on the pool)")]
    [TestCase("void M() => ThreadPool.QueueUserWorkItem(_ => { [|_slots.Wait|](); });", TestName = "{m}(a work item)")]
    [TestCase("object M() => new Timer(_ => { [|_ready.WaitOne|](); }, null, 0, 10);", TestName = "{m}(a timer)")]
    [TestCase("object M(TimeProvider t) => t.CreateTimer(_ => [|_done.Wait|](), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));", TestName = "{m}(a timer of a provider)")]
    [TestCase("object M() => new Timer(Tick, null, 0, 10); void Tick(object? state) { [|_done.Wait|](100); }", TestName = "{m}(a timer and a method)")]
    [TestCase("void M(System.Timers.Timer t) => t.Elapsed += (s, e) => [|_process.WaitForExit|]();", TestName = "{m}(an Elapsed handler)")]
    [TestCase("void M(Task t) => t.ContinueWith(_ => [|Thread.Sleep|](1));", TestName = "{m}(a continuation)")]
    [TestCase("void M(System.Net.Sockets.TcpListener l) => l.BeginAcceptSocket(r => { [|_ready.WaitOne|](); }, null);", TestName = "{m}(a Begin callback)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("void M() { Thread.Sleep(1); _slots.Wait(); _process.WaitForExit(); }", TestName = "{m}(a synchronous method)")]
    [TestCase("async Task M() { await Task.Delay(1); await _slots.WaitAsync(); }", TestName = "{m}(the async twins)")]
    [TestCase("async Task M() { await Task.Yield(); if (_slots.Wait(0)) { } Thread.Sleep(0); _ready.WaitOne(TimeSpan.Zero); }", TestName = "{m}(a wait for no time)")]
    [TestCase("async Task M() { await Task.Yield(); var t = Task.Delay(1); t.Wait(); Task.WaitAll(t); }", TestName = "{m}(tasks, which HRD2007 reports)")]
    [TestCase("async Task M() { await Task.Yield(); lock (_gate) { Thread.Sleep(1); } }", TestName = "{m}(under a lock, which HRD1003 reports)")]
    [TestCase("async Task M() { await Task.Yield(); while (_isBusy) { Thread.Sleep(1); } }", TestName = "{m}(a busy loop, which HRD1014 reports)")]
    [TestCase("async Task M() { await Task.Yield(); while (_isBusy) { Thread.Sleep(1); await Task.Yield(); } }", TestName = "{m}(a busy loop with two pauses)")]
    [TestCase("async Task M() { await Task.Yield(); do { if (!_isBusy) { break; } Thread.Sleep(TimeSpan.FromMilliseconds(1)); } while (!_token.IsCancellationRequested); }", TestName = "{m}(a busy loop of several lines)")]
    [TestCase("async Task M() { await Task.Yield(); Parallel.For(0, 9, i => Thread.Sleep(i)); }", TestName = "{m}(a parallel loop, which HRD2005 reports)")]
    [TestCase("async Task M() { await _process.WaitForExitAsync(_token); _process.WaitForExit(); }", TestName = "{m}(the end of the output)")]
    [TestCase("async Task M() { await Task.Yield(); if (_process.HasExited) { _process.WaitForExit(); } }", TestName = "{m}(a process that has exited)")]
    [TestCase("async Task M() { await Task.Yield(); new Thread(() => Thread.Sleep(1)).Start(); }", TestName = "{m}(a thread of its own)")]
    [TestCase("async Task M() { await Task.Yield(); void Local() => Thread.Sleep(1); new Thread(Local).Start(); }", TestName = "{m}(a thread's function)")]
    [TestCase("Task M() => Task.Factory.StartNew(() => Thread.Sleep(1), TaskCreationOptions.LongRunning);", TestName = "{m}(long-running work)")]
    [TestCase("Task M() => Task.Run(() => _done.Wait()); Task N() => Task.Run(() => _thread!.Join());", TestName = "{m}(what has no async twin, given to the pool)")]
    [TestCase("async Task M() { await Task.Yield(); Action later = () => Thread.Sleep(1); }", TestName = "{m}(a lambda whose caller is unknown)")]
    [TestCase("async Task M(string[] words) { await Task.Yield(); var s = string.Join(\",\", words); var q = words.Join(words, x => x, x => x, (x, y) => x).Take(1); }", TestName = "{m}(other joins)")]
    [TestCase("object M() => new Timer(_ => _done.Wait(), null, 10, Timeout.Infinite); object N(TimeProvider t) => t.CreateTimer(_ => _done.Wait(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);", TestName = "{m}(a timer that ticks once)")]
    [TestCase("void M() => _changed += (s, e) => Thread.Sleep(1);", TestName = "{m}(an event)")]
    public Task Is_silent_on(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("async Task M() { await Task.Yield(); [|Pause|](); } void Pause() => Thread.Sleep(1);", TestName = "{m}(a method)")]
    [TestCase("async Task M() { await Task.Yield(); [|Retry|](); } void Retry() { Pause(); } void Pause() => Thread.Sleep(1);", TestName = "{m}(a method of a method)")]
    [TestCase("async Task M() { await Task.Yield(); [|Pause|](); void Pause() => _done.Wait(); }", TestName = "{m}(a local function)")]
    [TestCase("object M() => new Timer(_ => [|Pause|](), null, 0, 10); void Pause() => _slots.Wait();", TestName = "{m}(a timer)")]
    [TestCase("async Task M() { await Task.Yield(); [|Pause|](); } partial void Pause(); partial void Pause() { Thread.Sleep(1); }", TestName = "{m}(a partial method)")]
    [TestCase("Task M() => Task.Run(() => [|Pause|]()); void Pause() => Thread.Sleep(1);", TestName = "{m}(a lambda that is given to the pool)")]
    [TestCase("Task M() => Task.Run(() => { for (var i = 0; i < 9; i++) { [|Store|](i); } }); void Store(int n) { _slots.Wait(); _slots.Release(n); }", TestName = "{m}(a lambda with a loop)")]
    [TestCase("void M() => ThreadPool.QueueUserWorkItem(Serve); void Serve(object? state) { [|Store|](); } void Store() { _slots.Wait(); _slots.Release(); }", TestName = "{m}(a work item and its helper)")]
    [TestCase("Task M() => Task.Run(Serve); void Serve() { void Local() => _process.WaitForExit(); [|Local|](); }", TestName = "{m}(work, and a local function of it)")]
    [TestCase("async Task M() { await Task.Yield(); [|Wait|](); } void Wait() => _slots.Wait();", TestName = "{m}(a method that is named as a wait)")]
    [TestCase("async Task M() { await Task.Yield(); [|Idle|](); } void Idle() { lock (_gate) { Monitor.Wait(_gate); } }", TestName = "{m}(a method that gives up the lock it waits under)")]
    public Task Reports_a_call_of(string members) => Verify.ReportsAsync(Member(members));

    [TestCase("async Task M() { await Task.Yield(); Pause(); } public void Pause() => Thread.Sleep(1);", TestName = "{m}(a public method)")]
    [TestCase("async Task M() { await Task.Yield(); Load(); } void Load() => File.ReadAllText(\"x\");", TestName = "{m}(a method that reads a file)")]
    [TestCase("async Task M() { await Task.Yield(); Load(); } void Load() => Task.Delay(1).Wait();", TestName = "{m}(a method that waits for a task: reported there)")]
    [TestCase("void M() { Pause(); } void Pause() => Thread.Sleep(1);", TestName = "{m}(a method, in synchronous code)")]
    [TestCase("async Task M() { await Task.Yield(); _ = PauseAsync(); } Task PauseAsync() { Thread.Sleep(1); return Task.CompletedTask; }", TestName = "{m}(a method that gives a task)")]
    [TestCase("async Task M() { await Task.Yield(); lock (_gate) { Pause(); } } void Pause() => Thread.Sleep(1);", TestName = "{m}(a method, under a lock)")]
    [TestCase("Task M() => Task.Run(() => Pause()); void Pause() => _done.Wait();", TestName = "{m}(a method without an async twin that is given to the pool)")]
    [TestCase("void M() => new Thread(() => Pause()).Start(); void Pause() => Thread.Sleep(1);", TestName = "{m}(a method, on a thread of its own)")]
    [TestCase("async Task M() { await Task.Yield(); Pause(); } void Pause() { lock (_gate) { Thread.Sleep(1); } }", TestName = "{m}(a method that sleeps under a lock: reported there)")]
    [TestCase("async Task M() { await Task.Yield(); Save(); } void Save() { lock (_gate) { Pause(); } } void Pause() => Thread.Sleep(1);", TestName = "{m}(a method that calls under a lock: reported there)")]
    [TestCase("async Task M() { await Task.Yield(); Idle(); } void Idle() { while (_isBusy) { Thread.Sleep(1); } }", TestName = "{m}(a method with a busy loop: reported there)")]
    [TestCase("async Task M() { await Task.Yield(); End(); } void End() { if (_process.HasExited) { _process.WaitForExit(); } }", TestName = "{m}(a method that waits for what has ended)")]
    public Task Is_silent_on_a_call_of(string members) => Verify.ReportsAsync(Member(members));

    [Test]
    public Task Message_has_the_path() => Verify.ReportsAsync(
        Member("async Task M() { await Task.Yield(); [|Retry|](); } void Retry() { Pause(); } void Pause() => Thread.Sleep(1);"),
        message: "'M' is async and waits in 'Retry → Pause → Thread.Sleep', so a thread of the pool stands still");

    [Test]
    public Task The_path_leads_into_another_document() => Verify.ReportsAsync(
        """
        partial class C { async System.Threading.Tasks.Task M() { await System.Threading.Tasks.Task.Yield(); [|Pause|](); } }
        // === Other.cs ===
        partial class C { void Pause() => System.Threading.Thread.Sleep(1); }
        """);

    [TestCase("public async Task Put() { await Task.Yield(); [|Check|](); } private void Check() { _slots.Wait(); _slots.Release(); }", TestName = "{m}(an async one and its helper)")]
    [TestCase("public void Put() { [|Check|](); } private void Check() { _slots.Wait(); _slots.Release(); }", TestName = "{m}(one and its helper)")]
    [TestCase("public void Put() { [|Check|](); [|Again|](); } private void Check() { Again(); } private void Again() { _slots.Wait(); _slots.Release(); }", TestName = "{m}(one, its helper and the helper of that)")]
    [TestCase("public void Put() { _store.Save(); } }\nclass Store { private readonly SemaphoreSlim _slots = new(1); public void Save() { [|_slots.Wait|](); _slots.Release(); }", TestName = "{m}(another class)")]
    [TestCase("public void Put() { _store.Save(); } }\nclass Store { private readonly SemaphoreSlim _slots = new(1); public void Save() { Check(); } private void Check() { [|_slots.Wait|](); _slots.Release(); }", TestName = "{m}(another class and its helper)")]
    [TestCase("public void Put() { Check(); } private void Check() { _done.Wait(); }", TestName = "{m}(but not without a twin)")]
    [TestCase("public void Put() { new Thread(() => { _slots.Wait(); Check(); }).Start(); } private void Check() { _done.Wait(); }", TestName = "{m}(but not a thread of its own)")]
    public Task Reports_once_in_a_request(string members) => Verify.ReportsAsync(
        $$"""
        using System.Threading;
        using System.Threading.Tasks;
        {{(members.Contains("class Store", StringComparison.Ordinal) ? "" : "class Store { public void Save() { } }")}}
        namespace Microsoft.AspNetCore.Mvc { public class ControllerBase { } }
        class Uploads : Microsoft.AspNetCore.Mvc.ControllerBase
        {
            private readonly Store _store = new();
            private readonly SemaphoreSlim _slots = new(1);
            private readonly ManualResetEventSlim _done = new();
            {{members}}
        }
        """);

    [Test]
    public Task Message_of_work_has_the_path() => Verify.ReportsAsync(
        Member("void M() => ThreadPool.QueueUserWorkItem(Serve); void Serve(object? state) { [|Store|](); } void Store() { _slots.Wait(); _slots.Release(); }"),
        message: "'Serve' is given to 'ThreadPool.QueueUserWorkItem' and waits in 'Store → SemaphoreSlim.Wait', so a thread of the pool stands still");

    [Test]
    public Task A_handover_in_another_part_of_the_type_counts() => Verify.ReportsAsync(
        """
        using System.Threading;
        partial class C { void Tick(object? state) { [|Thread.Sleep|](100); } void Work(object? state) { Thread.Sleep(100); } }
        // === Other.cs ===
        using System.Threading;
        partial class C { object M() { new Thread(Work).Start(); return new Timer(Tick, null, 0, 10); } async System.Threading.Tasks.Task N() { await System.Threading.Tasks.Task.Yield(); [|Work|](null); } }
        """);

    [Test]
    public Task Reports_in_a_request() => Verify.ReportsAsync(
        """
        using System.Threading;
        namespace Microsoft.AspNetCore.Mvc { public class ControllerBase { } }
        public class Orders : Microsoft.AspNetCore.Mvc.ControllerBase { public int Get() { [|Thread.Sleep|](10); return 1; } private void Helper() { Thread.Sleep(1); } }
        """,
        message: "'Get' answers a request and waits in 'Thread.Sleep', so a thread of the pool stands still");

    [Test]
    public Task Reports_in_async_top_level_statements() => Verify.ReportsAsync(
        """
        using System.Threading;
        using System.Threading.Tasks;
        await Task.Delay(1);
        [|Thread.Sleep|](1);
        """);

    [Test]
    public Task Message_says_who_waits_where() => Verify.ReportsAsync(
        Member("object M() => new Timer(Tick, null, 0, 10); void Tick(object? state) { [|Thread.Sleep|](100); }"),
        message: "'Tick' is called back by 'Timer' and waits in 'Thread.Sleep', so a thread of the pool stands still");

    [Test]
    public Task Fix_awaits_all() => Verify.FixesAllAsync(
        Member("""
            async Task<bool> M()
            {
                await Task.Yield();
                // one
                [|Thread.Sleep|](100); // two
                [|_process.WaitForExit|](); // three
                var has = ![|_slots.Wait|](1000, _token) || [|_slots.Wait|](_token.CanBeCanceled ? 1 : 2);
                Func<Task> f = async () => [|Thread.Sleep|](1);
                return has;
            }
            """),
        Member("""
            async Task<bool> M()
            {
                await Task.Yield();
                // one
                await Task.Delay(100); // two
                await _process.WaitForExitAsync(); // three
                var has = !await _slots.WaitAsync(1000, _token) || await _slots.WaitAsync(_token.CanBeCanceled ? 1 : 2);
                Func<Task> f = async () => await Task.Delay(1);
                return has;
            }
            """),
        title: "Await 'Delay'");

    [TestCase("Task M() => Task.Run(() => [|Thread.Sleep|](1));", TestName = "{m}(a lambda that is not async)")]
    [TestCase("async Task M() { await Task.Yield(); [|_ready.WaitOne|](); _thread?[|.Join|](); [|_done.Wait|](); }", TestName = "{m}(waits without a twin)")]
    [TestCase("async Task M() { await Task.Yield(); if ([|_process.WaitForExit|](100)) { } }", TestName = "{m}(a process and a limit)")]
    [TestCase("async Task M() { await Task.Yield(); unsafe { [|Thread.Sleep|](1); } }", TestName = "{m}(unsafe code)")]
    [TestCase("async Task M() { await Task.Yield(); Monitor.Enter(_gate); Monitor.Exit(_gate); [|Thread.Sleep|](1); }", TestName = "{m}(a method that enters locks)")]
    public Task Fix_is_not_offered_for(string member) => Verify.OffersNoFixAsync(Member(member));

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        partial class C
        {
            private readonly object _gate = new();
            private readonly SemaphoreSlim _slots = new(1);
            private readonly AutoResetEvent _ready = new(false);
            private readonly ManualResetEventSlim _done = new();
            private readonly CountdownEvent _count = new(2);
            private readonly Barrier _barrier = new(2);
            private readonly BlockingCollection<int> _queue = new(9);
            private readonly Process _process = new();
            private event EventHandler? _changed;
            private Thread? _thread;
            private CancellationToken _token;
            private volatile bool _isBusy;
            void Raise() { _changed?.Invoke(this, EventArgs.Empty); _isBusy = true; _thread = null; _token = default; }
        {{member}}
        }
        """;
}
