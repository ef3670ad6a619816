using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Locks.HRD1014BusyWaitAnalyzer, Hardening.Analyzers.Locks.HRD1014BusyWaitCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1014BusyWaitTests
{
    private const string Usings =
        """
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Linq;
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;

        """;

    [TestCase("class C { volatile bool _ready; void M() { [|while (!_ready)|] { } } }", TestName = "{m}(an empty body)")]
    [TestCase("class C { volatile bool _ready; void M() { [|while (!_ready)|]; } }", TestName = "{m}(an empty statement)")]
    [TestCase("class C { int _count; void M() { [|while (_count > 0)|] Thread.Sleep(1); } }", TestName = "{m}(a sleep of a millisecond)")]
    [TestCase("class C { int _count; void M() { [|while (_count > 0)|] Thread.Sleep(TimeSpan.Zero); } }", TestName = "{m}(a sleep of no time)")]
    [TestCase("class C { int _count; void M() { [|while (_count > 0)|] Thread.Sleep(TimeSpan.FromMilliseconds(1)); } }", TestName = "{m}(a sleep of a TimeSpan)")]
    [TestCase("class C { async Task M(Task task) { [|while (!task.IsCompleted)|] await Task.Yield(); } }", TestName = "{m}(an awaited yield)")]
    [TestCase("class C { int _n; async Task M() { [|while (_n > 0)|] { await Task.Delay(1).ConfigureAwait(false); } } }", TestName = "{m}(an awaited millisecond)")]
    [TestCase("class C { readonly ConcurrentQueue<int> _queue = new(); void M() { [|while (_queue.IsEmpty)|] Thread.Yield(); } }", TestName = "{m}(an empty queue)")]
    [TestCase("class C { readonly ConcurrentQueue<int> _queue = new(); int M() { int item; [|while (!_queue.TryDequeue(out item))|] Thread.Sleep(1); return item; } }", TestName = "{m}(a queue that has nothing)")]
    [TestCase("class C { void M(ChannelWriter<int> w) { [|while (w.TryWrite(1) == false)|] Thread.Sleep(0); } }", TestName = "{m}(a channel that is full)")]
    [TestCase("class C { bool _stop; void M() { [|for (;;)|] { if (_stop) break; Thread.Sleep(0); } } }", TestName = "{m}(an endless loop with a break)")]
    [TestCase("class C { bool _stop; int M() { [|while (true)|] { if (_stop) { return 1; } Thread.Yield(); } } }", TestName = "{m}(an endless loop with a return)")]
    [TestCase("class C { bool _stop; void M() { do { Thread.Yield(); } [|while (!_stop)|]; } }", TestName = "{m}(do while)")]
    [TestCase("class C { bool _stop; void M() { [|for (; !_stop; Thread.Yield())|] { } } }", TestName = "{m}(for without a counter)")]
    [TestCase("class C { readonly object _gate = new(); bool _done; void M() { [|while (true)|] { lock (_gate) { if (_done) return; } Thread.Sleep(1); } } }", TestName = "{m}(asked under a lock)")]
    [TestCase("class C { readonly Lock _gate = new(); bool _done; void M() { lock (_gate) { [|while (!_done)|] { } } } }", TestName = "{m}(spinning while a lock is held)")]
    [TestCase("class C { int _lock; void M() { [|while (Interlocked.CompareExchange(ref _lock, 1, 0) != 0)|] { } _lock = 0; } }", TestName = "{m}(a spin lock of one's own)")]
    [TestCase("class C { bool _ready; void M() { [|while (!Volatile.Read(ref _ready))|] { } } }", TestName = "{m}(a volatile read)")]
    [TestCase("class C { volatile bool _ready; void M() { var spin = new SpinWait(); [|while (!_ready)|] { spin.SpinOnce(); } } }", TestName = "{m}(SpinOnce without an end)")]
    [TestCase("class C { volatile bool _ready; void M() { [|SpinWait.SpinUntil|](() => _ready); } }", TestName = "{m}(SpinUntil without a limit)")]
    [TestCase("class C { void M() { var done = false; new Thread(() => done = true).Start(); [|while (!done)|] Thread.Sleep(1); } }", TestName = "{m}(a captured local)")]
    [TestCase("class C { void M(Task[] tasks) { [|while (!tasks.All(t => t.IsCompleted))|] Thread.Sleep(1); } }", TestName = "{m}(all tasks)")]
    [TestCase("class C { void M(Thread t) { [|while (t.IsAlive)|] { } } }", TestName = "{m}(a thread)")]
    [TestCase("class C { void M(Process p) { [|while (!p.HasExited)|] Thread.Sleep(1); } }", TestName = "{m}(a process)")]
    [TestCase("class C { readonly ManualResetEvent _stop = new(false); void M() { [|while (!_stop.WaitOne(0))|] { } } }", TestName = "{m}(an event that is only asked)")]
    [TestCase("class C { int _n; bool IsBusy => _n > 0; void M() { [|while (IsBusy)|] Thread.Yield(); } }", TestName = "{m}(a property)")]
    [TestCase("class C { int _n; bool IsBusy() => _n > 0; void M() { [|while (IsBusy())|] Thread.Yield(); } }", TestName = "{m}(a method that only looks)")]
    [TestCase("interface ICamera { bool IsOpen { get; } } class C(ICamera camera) { void M() { [|while (camera?.IsOpen != true)|] Thread.Sleep(1); } }", TestName = "{m}(a primary constructor and conditional access)")]
    [TestCase("class C<T> where T : class { T? _value; T M() { T? v; void Wait() { [|while (_value is null)|] { Thread.Yield(); } } Wait(); v = _value; return v!; } }", TestName = "{m}(a local function of a generic type)")]
    [TestCase("class C { bool[] _done = new bool[2]; IEnumerable<int> M() { [|while (!_done[0])|] { Thread.Yield(); } yield return 1; } }", TestName = "{m}(an iterator)")]
    [TestCase("class C { bool _done; Action M() => () => { [|while (!_done)|] Thread.Yield(); }; }", TestName = "{m}(a lambda)")]
    [TestCase("var done = false;\nusing var timer = new Timer(_ => { done = true; }, null, 10, -1);\n[|while (!done)|] { Thread.Sleep(1); }", TestName = "{m}(top-level statements)")]
    [TestCase("partial class C { volatile bool _ready; } partial class C { void M(CancellationToken t) { [|while (!_ready)|] { t.ThrowIfCancellationRequested(); Thread.Yield(); } } }", TestName = "{m}(a token and a partial type)")]
    [TestCase("class C { int _n; void M() { [|while (true)|] { var n = _n; if (n == 0) break; Thread.Yield(); } } }", TestName = "{m}(a copy)")]
    public Task Reports(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("class C { bool _stop; void M() { while (!_stop) Thread.Sleep(100); } }", TestName = "{m}(a long sleep)")]
    [TestCase("class C { bool _stop; void M(int ms) { while (!_stop) Thread.Sleep(ms); } }", TestName = "{m}(a sleep of unknown length)")]
    [TestCase("class C { bool _stop; async Task M() { while (!_stop) await Task.Delay(100); } }", TestName = "{m}(a long delay)")]
    [TestCase("class C { volatile bool _ready; void M() { for (var i = 0; i < 10 && !_ready; i++) Thread.SpinWait(20); } }", TestName = "{m}(a bounded spin)")]
    [TestCase("class C { volatile bool _ready; readonly ManualResetEventSlim _e = new(); void M() { var s = new SpinWait(); while (!_ready && !s.NextSpinWillYield) s.SpinOnce(); _e.Wait(); } }", TestName = "{m}(a spin before a wait)")]
    [TestCase("class C { int _x; void M() { int old; do { old = _x; } while (Interlocked.CompareExchange(ref _x, old + 1, old) != old); } }", TestName = "{m}(a compare and swap)")]
    [TestCase("class N { public N? Next; } class C { N? _head; void M(N n) { while (Interlocked.CompareExchange(ref _head, n, n.Next = _head) != n.Next) { } } }", TestName = "{m}(a compare and swap without a body)")]
    [TestCase("class C { int _next; void M(int mine) { var spin = new SpinWait(); while (Volatile.Read(ref _next) != mine) { spin.SpinOnce(); } Volatile.Write(ref _next, mine + 1); } }", TestName = "{m}(a lock-free algorithm)")]
    [TestCase("class C { readonly ConcurrentQueue<int> _queue = new(); void M() { while (_queue.TryDequeue(out _)) { } } }", TestName = "{m}(a queue that is emptied)")]
    [TestCase("class C { readonly BlockingCollection<int> _queue = new(1); void M() { while (!_queue.TryTake(out _, 100)) { } } }", TestName = "{m}(a take that waits)")]
    [TestCase("class C { readonly BlockingCollection<int> _queue = new(1); void M(CancellationToken t) { while (!_queue.TryTake(out _, Timeout.Infinite, t)) { } } }", TestName = "{m}(a take that waits for ever)")]
    [TestCase("class C { readonly ManualResetEvent _stop = new(false); void M() { while (!_stop.WaitOne(1000)) { } } }", TestName = "{m}(an event that is waited for)")]
    [TestCase("class C { void M(System.IO.TextReader r) { while (r.ReadLine() != null) { } } }", TestName = "{m}(a loop that reads)")]
    [TestCase("class C { async Task M(IAsyncEnumerator<int> e) { while (await e.MoveNextAsync()) { } } }", TestName = "{m}(a loop that awaits)")]
    [TestCase("class C { bool _stop; void Work() { } void M() { while (!_stop) { Work(); Thread.Sleep(1); } } }", TestName = "{m}(a loop that works)")]
    [TestCase("class C { bool _stop; int _n; void M() { while (!_stop) { _n++; } } }", TestName = "{m}(a loop that counts)")]
    [TestCase("class C { readonly ConcurrentQueue<int> _queue = new(); bool _stop; void M() { while (!_stop) { if (_queue.TryDequeue(out var x)) Console.WriteLine(x); else Thread.Sleep(1); } } }", TestName = "{m}(a loop that makes progress)")]
    [TestCase("class C { void M() { var watch = Stopwatch.StartNew(); while (watch.ElapsedMilliseconds < 2) { } } }", TestName = "{m}(an exact delay)")]
    [TestCase("class C { volatile bool _ready; void M() { var end = DateTime.UtcNow.AddSeconds(1); while (!_ready && DateTime.UtcNow < end) Thread.Sleep(1); } }", TestName = "{m}(a deadline)")]
    [TestCase("class C { volatile bool _ready; void M() { SpinWait.SpinUntil(() => _ready, 1000); } }", TestName = "{m}(SpinUntil with a limit)")]
    [TestCase("class C { volatile bool _ready; void M() { var w = Stopwatch.StartNew(); SpinWait.SpinUntil(() => _ready || w.ElapsedMilliseconds > 100); } }", TestName = "{m}(SpinUntil with a clock)")]
    [TestCase("class C { readonly object _gate = new(); volatile bool _ready; void M() { lock (_gate) { while (!_ready) Thread.Sleep(1); SpinWait.SpinUntil(() => _ready); } } }", TestName = "{m}(under a lock, where the sleep is reported)")]
    [TestCase("class C { void M(Func<bool> isDone) { while (!isDone()) Thread.Sleep(1); } }", TestName = "{m}(a delegate that may do anything)")]
    [TestCase("class C { bool TryConnect() { Console.WriteLine(); return true; } void M() { while (!TryConnect()) Thread.Sleep(1); } }", TestName = "{m}(a method that does something)")]
    [TestCase("class C { void M() { while (!Console.KeyAvailable) Thread.Sleep(1); } }", TestName = "{m}(a device without a signal)")]
    [TestCase("class C { void M() { while (true) Thread.Sleep(1); } }", TestName = "{m}(nothing is asked)")]
    [TestCase("class C { void M(int x) { while (x < 5) { } } }", TestName = "{m}(nothing is shared)")]
    [TestCase("class C { readonly object _gate = new(); bool _ready; void M() { lock (_gate) { while (!_ready) Monitor.Wait(_gate); } } }", TestName = "{m}(Monitor.Wait)")]
    [TestCase("class C { void M(List<int> items) { foreach (var item in items) { } } }", TestName = "{m}(foreach)")]
    [TestCase("class Thread { public static void Sleep(int n) { } } class C { bool _stop; void M() { while (!_stop) Thread.Sleep(1); } }", TestName = "{m}(another Thread)")]
    public Task Is_silent_on(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("class C { volatile bool _ready; void Start() { [|while (!_ready)|] { } } }", "'Start' asks for '!_ready' again and again, and takes the core from the thread that it waits for")]
    [TestCase("class C { volatile bool _ready; void Start() { [|SpinWait.SpinUntil|](() => _ready); } }", "'Start' asks for '_ready' again and again, and takes the core from the thread that it waits for")]
    public Task Message_says_who_and_what(string source, string message) => Verify.ReportsAsync(Usings + source, message: message);

    [TestCase("void M(Task task) { /* a */ [|while (!task.IsCompleted)|] Thread.Sleep(1); /* b */ }", "void M(Task task) { /* a */ Task.WaitAny(task); /* b */ }", TestName = "{m}(a task)")]
    [TestCase("async Task M(Task<int> task) { /* a */ [|while (!task.IsCompleted)|] { await Task.Yield(); } /* b */ }", "async Task M(Task<int> task) { /* a */ await Task.WhenAny(task); /* b */ }", TestName = "{m}(a task in async code)")]
    [TestCase("void M(Thread t) { /* a */ [|while (t.IsAlive)|] { } /* b */ }", "void M(Thread t) { /* a */ t.Join(); /* b */ }", TestName = "{m}(a thread)")]
    [TestCase("readonly ManualResetEventSlim _e = new(); void M() { /* a */ do { Thread.Yield(); } [|while (!_e.IsSet)|]; /* b */ }", "readonly ManualResetEventSlim _e = new(); void M() { /* a */ _e.Wait(); /* b */ }", TestName = "{m}(an event)")]
    [TestCase("void M(CancellationToken t) { /* a */ [|while (!t.IsCancellationRequested)|] Thread.Sleep(1); /* b */ }", "void M(CancellationToken t) { /* a */ t.WaitHandle.WaitOne(); /* b */ }", TestName = "{m}(a token)")]
    [TestCase("void M(Task task) { /* a */ [|SpinWait.SpinUntil|](() => task.IsCompleted); /* b */ }", "void M(Task task) { /* a */ Task.WaitAny(task); /* b */ }", TestName = "{m}(SpinUntil)")]
    public Task Fix_waits_for_what_signals(string source, string expected) => Verify.FixesAsync(Usings + "class C { " + source + " }", Usings + "class C { " + expected + " }");

    [Test]
    public Task Fix_makes_an_event_of_a_local_flag() => Verify.FixesAsync(
        Usings +
        """
        class C
        {
            void M()
            {
                // set by the worker
                bool done = false; // not yet
                var worker = new Thread(() =>
                {
                    Console.WriteLine("work");
                    done = true; // now
                });
                worker.Start();
                // until it is done
                [|while (!done)|] // poll
                {
                    // politely
                    Thread.Sleep(1);
                } // done
                Console.WriteLine("done");
            }
        }
        """,
        Usings +
        """
        class C
        {
            void M()
            {
                // set by the worker
                var done = new ManualResetEventSlim(); // not yet
                var worker = new Thread(() =>
                {
                    Console.WriteLine("work");
                    done.Set(); // now
                });
                worker.Start();
                // until it is done
                // poll
                // politely
                done.Wait(); // done
                Console.WriteLine("done");
            }
        }
        """);

    [Test]
    public Task Fix_All_changes_every_loop_that_it_can() => Verify.FixesAllAsync(
        Usings +
        """
        class C
        {
            bool _other;
            void M(Task task)
            {
                // first
                [|while (!task.IsCompleted)|] { } // one
                // second
                [|while (!task.IsCompleted)|] { } // two
                [|while (!_other)|] { }
            }
        }
        """,
        Usings +
        """
        class C
        {
            bool _other;
            void M(Task task)
            {
                // first
                Task.WaitAny(task); // one
                // second
                Task.WaitAny(task); // two
                [|while (!_other)|] { }
            }
        }
        """);

    [TestCase("bool _ready; void M() { [|while (!_ready)|] { } }", TestName = "{m}(a field is the flag)")]
    [TestCase("Task _task = Task.CompletedTask; void M() { [|while (!_task.IsCompleted)|] { } }", TestName = "{m}(the task can be replaced)")]
    [TestCase("void M(Task a, Task b) { [|while (!a.IsCompleted && !b.IsCompleted)|] { } }", TestName = "{m}(two tasks)")]
    [TestCase("async Task M(Thread t) { [|while (t.IsAlive)|] await Task.Yield(); }", TestName = "{m}(async code must not block)")]
    [TestCase("readonly object _gate = new(); void M(Task t) { lock (_gate) { [|while (!t.IsCompleted)|] { } } }", TestName = "{m}(under a lock)")]
    [TestCase("void M() { var done = false; new Thread(() => done = true).Start(); [|while (!done)|] { } Console.WriteLine(done); }", TestName = "{m}(the flag is read elsewhere)")]
    [TestCase("void M() { var done = false; new Thread(() => done = !done).Start(); [|while (!done)|] { } }", TestName = "{m}(the flag is set to something else)")]
    [TestCase("void M(Task t, CancellationToken c) { [|while (!t.IsCompleted)|] { if (c.IsCancellationRequested) return; } }", TestName = "{m}(a second way out)")]
    public Task Fix_is_not_offered_where(string source) => Verify.OffersNoFixAsync(Usings + "class C { " + source + " }");
}
