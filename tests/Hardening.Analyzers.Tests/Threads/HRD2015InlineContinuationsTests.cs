using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2015InlineContinuationsAnalyzer, Hardening.Analyzers.Threads.HRD2015InlineContinuationsCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2015InlineContinuationsTests
{
    [TestCase("Task M(Process p) { var s = [|new TaskCompletionSource|](); p.Exited += (o, e) => s.SetResult(); return s.Task; }", TestName = "{m}(an Exited handler)")]
    [TestCase("async Task<int> M(Process p) { TaskCompletionSource<int> s = [|new|](); p.Exited += delegate { s.TrySetResult(1); }; return await s.Task; }", TestName = "{m}(a target-typed new)")]
    [TestCase("Task<T?> M<T>(Timer t) { var s = [|new TaskCompletionSource<T?>|](); using var timer = new Timer(_ => s.TrySetResult(default), null, 1, 1); return s.Task; }", TestName = "{m}(a timer)")]
    [TestCase("Task M() { var s = [|new TaskCompletionSource<int>|](); _token.Register(() => s.TrySetCanceled()); return s.Task; }", TestName = "{m}(a cancellation)")]
    [TestCase("Task M() { var s = [|new TaskCompletionSource<int>|](); _token.Register(o => ((TaskCompletionSource<int>)o!).TrySetCanceled(), s); return s.Task; }", TestName = "{m}(a cancellation with a state)")]
    [TestCase("Task M(Socket l) { var s = [|new TaskCompletionSource<Socket>|](l); l.BeginAccept(r => s.SetResult(l.EndAccept(r)), null); return s.Task; }", TestName = "{m}(a Begin callback, a state)")]
    [TestCase("Task M(SocketAsyncEventArgs e) { var s = [|new TaskCompletionSource<int>|](TaskCreationOptions.None); e.Completed += (_, a) => s.SetException(new IOException()); return s.Task; }", TestName = "{m}(a socket, no flags)")]
    [TestCase("readonly TaskCompletionSource _s = [|new|](); void M(Process p) => p.Exited += OnExited; void OnExited(object? o, EventArgs e) => _s.TrySetResult();", TestName = "{m}(a handler method)")]
    [TestCase("readonly TaskCompletionSource _s = [|new|](); void M(Process p) => p.Exited += (o, e) => End(); void End() { _s.TrySetResult(); }", TestName = "{m}(a method that a handler calls)")]
    [TestCase("readonly TaskCompletionSource _s = [|new|](); public void Stop() { lock (_gate) { _s.TrySetResult(); } }", TestName = "{m}(under a lock)")]
    [TestCase("readonly TaskCompletionSource _s = [|new|](); public void Stop() { using (_lock.EnterScope()) { _s.TrySetResult(); } }", TestName = "{m}(in a scope)")]
    [TestCase("readonly TaskCompletionSource _s = [|new|](); public void Stop() { Monitor.Enter(_gate); _s.TrySetResult(); Monitor.Exit(_gate); }", TestName = "{m}(between Enter and Exit)")]
    [TestCase("readonly TaskCompletionSource _s = [|new|](); public void Stop() { lock (_gate) { End(); } } private void End() => _s.TrySetResult();", TestName = "{m}(a method that is called under a lock)")]
    [TestCase("TaskCompletionSource? _s; Task M() { lock (_gate) { _s ??= [|new TaskCompletionSource|](); return _s.Task; } } void N() { lock (_gate) { _s?.TrySetResult(); } }", TestName = "{m}(a nullable field)")]
    [TestCase("TaskCompletionSource Next { get; set; } = [|new|](); void N() { lock (_gate) { var old = Next; Next = [|new|](); old.SetResult(); } }", TestName = "{m}(a property that is replaced)")]
    [TestCase("readonly Dictionary<int, TaskCompletionSource<int>> _all = new(); Task M() { var s = [|new TaskCompletionSource<int>|](); _all.Add(1, s); return s.Task; } async Task ReadAsync(Stream input) { while (true) { await input.ReadAsync(new byte[1]); if (_all.Remove(1, out var s)) { s.TrySetResult(1); } } }", TestName = "{m}(an async reader's loop)")]
    [TestCase("readonly ConcurrentDictionary<int, TaskCompletionSource<int>> _all = new(); Task M() { var s = [|new TaskCompletionSource<int>|](); _all[1] = s; return s.Task; } void Read(StreamReader input) { while (input.ReadLine() is { } line) { Dispatch(line); } } void Dispatch(string line) { if (_all.TryRemove(1, out var s)) { s.SetResult(line.Length); } }", TestName = "{m}(a reader's loop and a dispatcher)")]
    [TestCase("readonly BlockingCollection<Job> _jobs = new(9); record Job(int N, TaskCompletionSource<int> Done); Task M() { var s = [|new TaskCompletionSource<int>|](); _jobs.Add(new Job(1, s)); return s.Task; } void Run() { foreach (var job in _jobs.GetConsumingEnumerable()) { job.Done.SetResult(job.N); } }", TestName = "{m}(jobs of a worker)")]
    [TestCase("readonly Channel<(int, TaskCompletionSource<int>)> _jobs = Channel.CreateBounded<(int, TaskCompletionSource<int>)>(9); Task M() { var s = [|new TaskCompletionSource<int>|](); _jobs.Writer.TryWrite((1, s)); return s.Task; } async Task RunAsync() { await foreach (var job in _jobs.Reader.ReadAllAsync()) { job.Item2.SetResult(1); } }", TestName = "{m}(pairs in a channel)")]
    [TestCase("readonly ConcurrentDictionary<int, TaskCompletionSource<int>> _all = new(); Task M() => _all.GetOrAdd(1, static _ => [|new TaskCompletionSource<int>|]()).Task; void N(Process p) => p.Exited += (o, e) => { if (_all.TryRemove(1, out var s)) { s.TrySetResult(1); } };", TestName = "{m}(made by GetOrAdd)")]
    [TestCase("readonly ConcurrentDictionary<int, TaskCompletionSource<int>> _all = new(); Task M() => _all.AddOrUpdate(1, _ => { var s = [|new TaskCompletionSource<int>|](); return s; }, (_, old) => old).Task; void N(Process p) => p.Exited += (o, e) => _all[1].SetResult(1);", TestName = "{m}(made by AddOrUpdate, in a block)")]
    [TestCase("interface IPay { void Capture(int n, Action<int> done); } Task M(IPay pay) { var s = [|new TaskCompletionSource<int>|](); pay.Capture(1, n => s.TrySetResult(n)); return s.Task; }", TestName = "{m}(an interface that nobody implements)")]
    public Task Reports(string members) => Verify.ReportsAsync(In(members));

    [TestCase("Task M(Process p) { var s = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); p.Exited += (o, e) => s.SetResult(); return s.Task; }", TestName = "{m}(the flag)")]
    [TestCase("Task M(Process p) { var s = new TaskCompletionSource<int>(p, TaskCreationOptions.RunContinuationsAsynchronously | TaskCreationOptions.LongRunning); p.Exited += (o, e) => s.SetResult(1); return s.Task; }", TestName = "{m}(the flag among others)")]
    [TestCase("Task M(Process p, TaskCreationOptions o) { var s = new TaskCompletionSource(o); p.Exited += (_, e) => s.SetResult(); return s.Task; }", TestName = "{m}(options that are given)")]
    [TestCase("readonly TaskCompletionSource _s = new(); public void Stop() => _s.TrySetResult();", TestName = "{m}(a method)")]
    [TestCase("readonly TaskCompletionSource _s = new(); public void Stop() { lock (_gate) { _n++; } _s.TrySetResult(); }", TestName = "{m}(after a lock)")]
    [TestCase("async Task<int> M() { var s = new TaskCompletionSource<int>(); s.SetResult(1); return await s.Task; }", TestName = "{m}(completed at once)")]
    [TestCase("Task M() { var s = new TaskCompletionSource<int>(); Task.Run(() => s.SetResult(1)); return s.Task; }", TestName = "{m}(work that was started here)")]
    [TestCase("Task M(Task<int> t) { var s = new TaskCompletionSource<int>(); t.ContinueWith(x => s.SetResult(x.Result)); return s.Task; }", TestName = "{m}(a continuation)")]
    [TestCase("async Task M() { for (var i = 0; i < 9; i++) { var s = new TaskCompletionSource(); var t = WaitAsync(s.Task); await Task.Delay(1); s.SetResult(); await t; } } static async Task WaitAsync(Task t) => await t;", TestName = "{m}(a loop of its own)")]
    [TestCase("readonly List<TaskCompletionSource> _all = new(); void Add() => _all.Add(new TaskCompletionSource()); public void Stop() { foreach (var s in _all) { s.SetResult(); } }", TestName = "{m}(a loop that neither reads nor waits)")]
    [TestCase("readonly TaskCompletionSource _s = new(); public Task Task => _s.Task;", TestName = "{m}(one that nobody completes)")]
    [TestCase("readonly TaskCompletionSource _s = new(); void M() { lock (_gate) { _ = _s.Task; } _s.SetResult(); }", TestName = "{m}(whose task is read under a lock)")]
    [TestCase("readonly TaskCompletionSource _s = new(), _t = new(TaskCreationOptions.RunContinuationsAsynchronously); void M() { lock (_gate) { _t.SetResult(); } _s.SetResult(); }", TestName = "{m}(another one under a lock)")]
    [TestCase("Task M(System.Windows.Window w) { var s = new TaskCompletionSource(); w.Closed += (o, e) => s.SetResult(); return s.Task; }", TestName = "{m}(a window)")]
    [TestCase("class Source { public void SetResult() { } } void M() { var s = new Source(); lock (_gate) { s.SetResult(); } }", TestName = "{m}(another type)")]
    [TestCase("readonly ConcurrentDictionary<int, TaskCompletionSource<int>> _all = new(); Task M() => _all.GetOrAdd(1, _ => new TaskCompletionSource<int>()).Task; public void N() { if (_all.TryRemove(1, out var s)) { s.TrySetResult(1); } }", TestName = "{m}(made by GetOrAdd, completed by a method)")]
    [TestCase("interface IPay { void Capture(int n, Action<int> done); } sealed class Pay : IPay { public void Capture(int n, Action<int> done) => done(n); } Task M(IPay pay) { var s = new TaskCompletionSource<int>(); pay.Capture(1, n => s.TrySetResult(n)); return s.Task; }", TestName = "{m}(an interface with a type that implements it)")]
    [TestCase("interface IPay { int Capture(int n, Func<int, bool> done); } Task M(IPay pay) { var s = new TaskCompletionSource<int>(); pay.Capture(1, n => s.TrySetResult(n)); return s.Task; }", TestName = "{m}(a question that is asked and answered)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(In(members));

    [Test]
    public Task Message_says_who_completes_it_where() => Verify.ReportsAsync(
        In("readonly TaskCompletionSource _s = [|new|](); void M(Process p) => p.Exited += OnExited; void OnExited(object? o, EventArgs e) => _s.TrySetResult();"),
        message: "'OnExited' completes this TaskCompletionSource in a handler of 'Exited', and without RunContinuationsAsynchronously runs there what awaits it");

    [Test]
    public Task Reports_what_another_part_of_the_type_completes() => Verify.ReportsAsync(
        """
        using System.Threading.Tasks;
        partial class C { readonly TaskCompletionSource _s = [|new|](); }
        // === Other.cs ===
        partial class C { void M(System.Diagnostics.Process p) => p.Exited += (o, e) => End(); void End() => _s.TrySetResult(); }
        """);

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        var ended = [|new TaskCompletionSource|]();
        using var p = Process.Start(args[0]);
        p.Exited += (_, _) => ended.TrySetResult();
        await ended.Task;
        """);

    [Test]
    public Task Fix_adds_the_flag_to_every_constructor() => Verify.FixesAllAsync(
        In("""
            void M(Process p)
            {
                // first
                var a = [|new TaskCompletionSource|](); // last
                TaskCompletionSource<int> b = [|new|](p /* state */);
                var c = [|new TaskCompletionSource<int>|](TaskCreationOptions.None);
                var d = [|new TaskCompletionSource<int>|](p, TaskCreationOptions.LongRunning /* kept */);
                var e = [|new TaskCompletionSource<int>|](state: p);
                p.Exited += (_, _) => { a.SetResult(); b.SetResult(1); c.SetResult(1); d.SetResult(1); e.SetResult(1); };
            }
            """),
        In("""
            void M(Process p)
            {
                // first
                var a = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // last
                TaskCompletionSource<int> b = new(p /* state */, TaskCreationOptions.RunContinuationsAsynchronously);
                var c = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
                var d = new TaskCompletionSource<int>(p, TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously /* kept */);
                var e = new TaskCompletionSource<int>(state: p, creationOptions: TaskCreationOptions.RunContinuationsAsynchronously);
                p.Exited += (_, _) => { a.SetResult(); b.SetResult(1); c.SetResult(1); d.SetResult(1); e.SetResult(1); };
            }
            """));

    private static string In(string members) =>
        $$"""
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.IO;
        using System.Net.Sockets;
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;
        namespace System.Windows { public class Window { public event EventHandler? Closed; void Raise() => Closed?.Invoke(this, EventArgs.Empty); } }
        class C
        {
            private readonly object _gate = new();
            private readonly Lock _lock = new();
            private CancellationToken _token = new(false);
            private int _n;
            int Count() => _n++;
        {{members}}
        }
        """;
}
