namespace Hardening.Analyzers.Tests;

/// <summary>Where several rules could speak about one statement, the one that knows it best does: one mistake, one diagnostic.</summary>
public sealed class OneMistakeTests
{
    private const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;

        """;

    [TestCase("class C { void M() { lock ({|HRD1001:this|}) { } } }")]
    [TestCase("class C { void M() { lock ({|HRD1001:this|}) { lock ({|HRD1001:typeof(C)|}) { } } } }", TestName = "{m}(two locks are two mistakes)")]
    [TestCase("using System.Threading; class C { void M() { Monitor.Enter({|HRD1001:this|}); try { } finally { Monitor.Exit(this); } } }", TestName = "{m}(Enter and Exit are one)")]
    [TestCase("using System.Threading; class C { readonly object _a = new(), _b = new(); void M() { lock (_a) { lock (_b) { {|HRD1003:Thread.Sleep|}(1); } } } }", TestName = "{m}(two locks, one sleep)")]
    [TestCase("using System.Threading; class C { readonly object _a = new(); void M() { Monitor.Enter(_a); lock (_a) { {|HRD1003:Thread.Sleep|}(1); } Monitor.Exit(_a); } }", TestName = "{m}(one lock in two ways, one sleep)")]
    [TestCase("using System.Threading; class C { void M() { var gate = new object(); lock ({|HRD1001:gate|}) { Thread.Sleep(1); } } }", TestName = "{m}(a lock that excludes nobody makes nobody wait)")]
    [TestCase("using System.Threading; class C { void M() { lock ({|HRD1001:this|}) { {|HRD1003:Thread.Sleep|}(1); } } }", TestName = "{m}(what is locked, and what blocks)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); void M(string[] items) { lock (_gate) { foreach (var item in items) { var t = new Thread(() => { }); t.Start(); {|HRD1003:t.Join|}(); } } } }", TestName = "{m}(threads that are joined one by one are not many, but block)")]
    [TestCase("using System.Threading; class C { readonly SemaphoreSlim _turn = new(1); void M(System.Action work) { {|HRD1010:_turn.Wait|}(100); work(); _turn.Release(); } }", TestName = "{m}(a wait that may fail and a release that may be missed)")]
    [TestCase("using System.Threading; class C { readonly SemaphoreSlim _turn = new(1); void M(System.Action work) { try { {|HRD1010:_turn.Wait|}(100); work(); } finally { _turn.Release(); } } }", TestName = "{m}(a wait that may fail, inside of the try)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); void M(System.Action work) { {|HRD1010:Monitor.TryEnter|}(_gate, 100); work(); Monitor.Exit(_gate); } }", TestName = "{m}(an attempt that nobody asks about, and its exit)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); void M() { Monitor.Enter(_gate); {|HRD1003:Thread.Sleep|}(1); Monitor.Exit(_gate); } }", TestName = "{m}(a sleep between Enter and Exit)")]
    [TestCase("using System.Threading; using System.Threading.Tasks; class C { readonly object _gate = new(); async Task M() { Monitor.Enter(_gate); {|HRD1003:await Task.Yield()|}; Monitor.Exit(_gate); } }", TestName = "{m}(an await between Enter and Exit)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); object? _x; object M() { if (_x == null) { lock (_gate) { {|HRD1013:_x|} = new object(); } } return _x; } }", TestName = "{m}(a double-checked lock)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); bool _ready; void M() { lock (_gate) { if (!_ready) { {|HRD1012:Monitor.Wait|}(_gate); } } } }", TestName = "{m}(a wait outside of a loop)")]
    [TestCase("using System.Threading; class C { readonly SpinLock {|HRD1012:_spin|}; void M() { bool taken = false; try { _spin.Enter(ref taken); } finally { if (taken) { _spin.Exit(); } } } }", TestName = "{m}(a readonly SpinLock)")]
    [TestCase("class C { public event System.Action? Changed; void M() { lock ({|HRD1001:this|}) { {|HRD1005:Changed?.Invoke|}(); } } }", TestName = "{m}(what is locked, and whom it calls)")]
    [TestCase("using System.Threading; using System.Threading.Tasks; class C { readonly object _gate = new(); void M() => Parallel.For(0, 9, i => { {|HRD1006:lock (_gate)|} { {|HRD1003:Thread.Sleep|}(1); } }); }", TestName = "{m}(a lock around all the work, and a sleep in it)")]
    [TestCase("public class C { public static readonly object {|HRD1002:Gate|} = new(); int _n; void M() { lock (Gate) { _n++; } } }", TestName = "{m}(a public static lock of instance state is first of all public)")]
    [TestCase("class C { public string Key = \"\"; void M() { lock ({|HRD1001:Key|}) { } } }", TestName = "{m}(a public string)")]
    [TestCase("class C { static readonly object {|HRD1007:s_gate|} = new(); readonly System.Collections.Generic.List<int> _items = []; void M(System.Action<int> each) { lock (s_gate) { _items.Clear(); } } }", TestName = "{m}(a static lock)")]
    [TestCase("using System.Threading; using System.Threading.Tasks; class C { static readonly object {|HRD1007:s_gate|} = new(); int _n; void M(C[] all) => Parallel.ForEach(all, _ => { {|HRD1006:lock (s_gate)|} { _n++; } }); }", TestName = "{m}(one lock of all objects, and around all the work: two places)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); public event System.Action? Changed; void M() { lock (_gate) { {|HRD1003:OnChanged|}(); {|HRD1005:Changed?.Invoke|}(); } } void OnChanged() { Thread.Sleep(1); Changed?.Invoke(); } }", TestName = "{m}(a method that blocks and raises an event)")]
    [TestCase("using System.IO; using System.Threading; class C { readonly object _gate = new(); void Enter() => Monitor.Enter(_gate); void Leave() => Monitor.Exit(_gate); void M() { {|HRD1009:Enter|}(); {|HRD1003:File.Delete|}(\"x\"); Leave(); } }", TestName = "{m}(helpers without a finally, and a file)")]
    public Task Reports_each_mistake_with_a_lock_once(string source) => AllRules.ReportsAsync(source);

    [TestCase("using System.Threading; class C { readonly object _a = new(); void M(int[] items) { foreach (var i in items) { foreach (var j in items) { {|HRD2001:new Thread|}(() => { {|HRD1006:lock (_a)|} { {|HRD1003:Thread.Sleep|}(i); } }).Start(); } } } }", TestName = "{m}(a thread in two loops)")]
    [TestCase("using System.Collections.Concurrent; class C { private readonly BlockingCollection<int> _q = {|HRD2004:new|}(new ConcurrentQueue<int>()); }", TestName = "{m}(a collection over a queue)")]
    [TestCase("using System.Diagnostics; class C { void M() { {|HRD3003:{|HRD3001:Process.Start(\"x\")|}.Kill()|}; } }", TestName = "{m}(a process that is dropped, and whose tree is not killed)")]
    [TestCase("using System.Diagnostics; class C { void M() { foreach (var p in {|HRD3001:Process.GetProcessesByName(\"x\")|}) { {|HRD3003:p.Kill()|}; } } }", TestName = "{m}(several processes)")]
    [TestCase("using System.Diagnostics; class C { readonly object _gate = new(); void M() { lock (_gate) { using var p = Process.Start(new ProcessStartInfo(\"x\") { {|HRD3006:RedirectStandardOutput = true|} })!; {|HRD1003:p.WaitForExit|}(); } } }", TestName = "{m}(a pipe that is not read, and a wait under a lock)")]
    [TestCase("using System; using System.Threading.Tasks; class C { void M(int[] items) { foreach (var i in items) { {|HRD2002:Task.Run|}(() => { foreach (var j in items) { {|HRD2001:new System.Threading.Thread|}(() => Console.WriteLine(j)).Start(); } }); } } }", TestName = "{m}(a task per item that starts a thread per item)")]
    [TestCase("using System.IO; using System.Linq; using System.Threading.Tasks; class C { Task M(string[] files) => Task.WhenAll(files.Select(file => {|HRD2002:Task.Run|}(() => File.ReadAllText(file)))); }", TestName = "{m}(tasks that block are not I/O that waits)")]
    [TestCase("using System.IO; using System.Linq; using System.Threading.Tasks; class C { Task M(string[] files) => {|HRD2003:Task.WhenAll|}(files.Select(file => Task.Run(() => File.ReadAllTextAsync(file)))); }", TestName = "{m}(I/O that waits, in a task)")]
    [TestCase("using System.IO; using System.Threading.Tasks; class C { readonly object _gate = new(); void M(string[] files) { lock (_gate) { {|HRD1003:{|HRD2005:Parallel.ForEach|}|}(files, file => File.Delete(file)); } } }", TestName = "{m}(a loop under a lock, and without a degree)")]
    [TestCase("using System.Diagnostics; class C { void M(Process p) { p.WaitForExit(5000); {|HRD3004:p.WaitForExit|}(); } }", TestName = "{m}(a wait with a limit that nobody asks about, and one without)")]
    [TestCase("using System.Diagnostics; class C { readonly object _gate = new(); void M(Process p) { lock (_gate) { {|HRD1003:p.WaitForExit|}(); } } }", TestName = "{m}(a wait without a limit under a lock)")]
    [TestCase("using System.Diagnostics; using System.Threading.Tasks; class C { async Task M(Process p) { await Task.Yield(); {|HRD2008:p.WaitForExit|}(); } }", TestName = "{m}(a wait without a limit in async code)")]
    [TestCase("using System.Diagnostics; class C { string M() { using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; {|HRD3006:p.WaitForExit()|}; return p.StandardOutput.ReadToEnd(); } }", TestName = "{m}(a wait without a limit before the read)")]
    [TestCase("using System.Diagnostics; using System.IO; class C { void M(Process p, string file) { {|HRD3003:p.Kill()|}; {|HRD3009:File.Delete|}(file); } }", TestName = "{m}(a kill without the tree, and a file that is deleted too soon)")]
    [TestCase("using System.Diagnostics; using System.Threading; using System.Threading.Tasks; class C { async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); await {|HRD3005:p.WaitForExitAsync|}(token); {|HRD3003:p.Kill()|}; } }", TestName = "{m}(a kill that a cancelled wait passes by)")]
    public Task Reports_each_mistake_with_threads_and_processes_once(string source) => AllRules.ReportsAsync(source);

    [TestCase("class C { void M() { {|HRD2012:new Timer|}(_ => File.Delete(\"x\"), null, 0, 1000); } }", TestName = "{m}(a timer that nobody keeps, whose callbacks overlap)")]
    [TestCase("class C { private readonly Timer _t = {|HRD2012:new|}(_ => File.Delete(\"x\"), null, 0, 1000); }", TestName = "{m}(a timer that nobody disposes, whose callbacks overlap)")]
    [TestCase("class C : IDisposable { private readonly Timer _t = {|HRD2011:new|}(_ => File.Delete(\"x\"), null, 0, 1000); public void Dispose() => _t.Dispose(); }", TestName = "{m}(a timer with an owner, whose callbacks overlap)")]
    [TestCase("class C { readonly object _gate = new(); bool _done; void M() { lock (_gate) { while (!_done) {|HRD1003:Thread.Sleep|}(1); } } }", TestName = "{m}(a busy wait that sleeps under a lock)")]
    [TestCase("class C { readonly object _gate = new(); bool _done; void M() { lock (_gate) { {|HRD1003:SpinWait.SpinUntil|}(() => _done); } } }", TestName = "{m}(SpinUntil under a lock)")]
    [TestCase("class C { readonly object _gate = new(); bool _done; void M() { lock (_gate) { {|HRD1014:while (!_done)|} { } } } }", TestName = "{m}(a busy wait that only spins under a lock)")]
    [TestCase("class C { bool _done; void M() { {|HRD1014:while (!_done)|} Thread.Sleep(1); } }", TestName = "{m}(a busy wait that sleeps)")]
    [TestCase("class C { void M(int[] items) { foreach (var item in items) { {|HRD2001:new Thread|}(() => { while (true) { Console.WriteLine(item); } }).Start(); } } }", TestName = "{m}(an endless thread per item)")]
    [TestCase("class C { void M() { {|HRD2013:new Thread|}(() => { while (true) { Console.WriteLine(); } }).Start(); } }", TestName = "{m}(an endless thread)")]
    [TestCase("class C { async Task M(CancellationToken t) { while (true) { var cts = {|HRD2016:CancellationTokenSource.CreateLinkedTokenSource|}(t); cts.CancelAfter(5); await Task.Delay(9, cts.Token); } } }", TestName = "{m}(linked and timed)")]
    public Task Reports_each_mistake_with_timers_and_waits_once(string source) => AllRules.ReportsAsync(Usings + source);

    [TestCase("void M(Task t) { lock (_gate) { {|HRD1003:t.Wait|}(); } }", TestName = "{m}(a task under a lock)")]
    [TestCase("async Task M(Task t) { await Task.Yield(); {|HRD1009:Monitor.Enter|}(_gate); {|HRD1003:t.Wait|}(); {|HRD1003:Thread.Sleep|}(1); Monitor.Exit(_gate); }", TestName = "{m}(between Enter and Exit)")]
    [TestCase("async Task M() { await Task.Yield(); lock (_gate) { {|HRD1003:Thread.Sleep|}(1); } {|HRD2008:Thread.Sleep|}(1); }", TestName = "{m}(a sleep under a lock and one after it)")]
    [TestCase("async Task M(Task t) { await Task.Yield(); {|HRD2007:t.Wait|}(); {|HRD2008:Thread.Sleep|}(1); }", TestName = "{m}(a task and a sleep)")]
    [TestCase("void M() { {|HRD2010:new Thread|}(async () => { await Task.Yield(); {|HRD2008:Thread.Sleep|}(1); }).Start(); }", TestName = "{m}(an async delegate on a thread, and a sleep in it)")]
    [TestCase("object M() => new Timer({|HRD2009:async|} _ => { await Task.Yield(); {|HRD2008:Thread.Sleep|}(1); }, null, 0, 10);", TestName = "{m}(an async timer, and a sleep in it)")]
    [TestCase("async Task M() { await Task.Yield(); Help(); } void Help() { {|HRD2007:Task.Delay(1).Wait|}(); }", TestName = "{m}(a helper that waits for a task)")]
    [TestCase("readonly TaskCompletionSource _s = {|HRD2015:new|}(); void M() { lock (_gate) { _s.SetResult(); {|HRD1003:_s.Task.Wait|}(); } }", TestName = "{m}(a source under a lock, and its task)")]
    [TestCase("void M(int[] all) { foreach (var n in all) { {|HRD2010:Task.Factory.StartNew|}(async () => await Task.Delay(n), TaskCreationOptions.LongRunning); } }", TestName = "{m}(a long-running task per item, with an async lambda)")]
    [TestCase("void M(int[] all) { foreach (var n in all) { {|HRD2010:new Thread|}(async () => { while (true) { await Task.Delay(n); } }).Start(); } }", TestName = "{m}(an endless thread per item, with an async lambda)")]
    [TestCase("void M() { {|HRD2010:new Thread|}(async () => { while (true) { await Task.Delay(1); } }).Start(); }", TestName = "{m}(an endless thread, with an async lambda)")]
    [TestCase("void M(int[] all) { foreach (var n in all) { System.Func<Task> work = async () => await Task.Delay(n); {|HRD2002:Task.Factory.StartNew|}(work, TaskCreationOptions.LongRunning); } }", TestName = "{m}(a long-running task per item, with a delegate of which HRD2010 does not know)")]
    [TestCase("void M(int[] all) { foreach (var n in all) { {|HRD2002:Task.Factory.StartNew|}(() => Thread.Sleep(n), TaskCreationOptions.LongRunning); {|HRD2001:new Thread|}(() => Thread.Sleep(n)).Start(); } }", TestName = "{m}(threads per item that are not async)")]
    [TestCase("object M() => {|HRD2011:new Timer|}(async _ => { try { await Task.Delay(5000); } catch { } }, null, 0, 1000);", TestName = "{m}(an async timer that catches all)")]
    [TestCase("object M() => new Timer({|HRD2009:async|} _ => { await Task.Delay(5000); }, null, 0, 1000);", TestName = "{m}(an async timer that catches nothing)")]
    [TestCase("async Task M() { await Task.Yield(); {|HRD2008:Save|}(); Idle(); Write(); } void Save() => Thread.Sleep(10); bool _b; void Stop() => _b = true; void Idle() { {|HRD1014:while (!_b)|} { Thread.Sleep(1); } } void Write() { lock (_gate) { {|HRD1003:Save|}(); } }", TestName = "{m}(helpers that sleep, poll and sleep under a lock)")]
    [TestCase("bool _b; void Stop() => _b = true; async Task M() { await Task.Yield(); {|HRD1014:while (!_b)|} { Thread.Sleep(1); } lock (_gate) { while (!_b) { {|HRD1003:Thread.Sleep|}(1); } } {|HRD1014:SpinWait.SpinUntil|}(() => _b); }", TestName = "{m}(loops that poll)")]
    [TestCase("void M(Task t, Thread h, CancellationToken c, ManualResetEventSlim e) { /* HRD1014's fix */ Task.WaitAny(t); h.Join(); c.WaitHandle.WaitOne(); e.Wait(); }", TestName = "{m}(what the fix of a polling loop writes)")]
    [TestCase("void M(Task t, Task u) { {|HRD2007:Task.WaitAny|}(t, u); {|HRD2007:Task.WaitAny|}([t]); } async Task N(Task t) { await Task.Yield(); {|HRD2007:Task.WaitAny|}(t); }", TestName = "{m}(other waits for any)")]
    public Task Reports_each_mistake_with_tasks_once(string member) => AllRules.ReportsAsync(
        $$"""
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            private readonly object _gate = new();
        {{member}}
        }
        """);

    [TestCase("void M(List<string> files) { foreach (var file in files) { {|HRD3007:Process.Start|}(\"tool\", file); } }", TestName = "{m}(a process per element that nobody disposes)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { _ = Task.Run(() => { using var p = {|HRD3007:Process.Start|}(\"tool\", file); {|HRD2008:p.WaitForExit|}(1000); }); } }", TestName = "{m}(a task per element that starts a process)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { new Thread(() => { using var p = {|HRD3007:Process.Start|}(\"tool\", file); {|HRD3005:p.WaitForExit|}(1000); }).Start(); } }", TestName = "{m}(a thread per element that starts a process)")]
    [TestCase("void M(List<string> files) { Parallel.ForEach(files, file => { using var p = {|HRD3007:Process.Start|}(\"tool\", file); {|HRD3005:p.WaitForExit|}(1000); }); }", TestName = "{m}(a parallel loop that starts processes)")]
    [TestCase("async Task M(List<string> files, CancellationToken stop) { await Task.WhenAll(files.Select(async file => { using var p = {|HRD3007:Process.Start|}(\"tool\", file); await {|HRD3005:p.WaitForExitAsync|}(stop); })); }", TestName = "{m}(all processes at once)")]
    [TestCase("async Task M(List<string> files, CancellationToken stop) { await Task.WhenAll(files.Select(file => RunAsync(file, stop))); } static async Task RunAsync(string file, CancellationToken stop) { using var p = {|HRD3007:Process.Start|}(\"tool\", file); await {|HRD3005:p.WaitForExitAsync|}(stop); }", TestName = "{m}(all processes at once, in a method)")]
    [TestCase("void M() { while (true) { {|HRD3005:{|HRD3011:Process.Start|}(\"tool\")!.WaitForExit|}(1000); } }", TestName = "{m}(a restart that nobody disposes)")]
    [TestCase("void M(Process p) { {|HRD3008:Process.Start|}(\"kill\", $\"{p.Id}\"); }", TestName = "{m}(a kill child that nobody disposes)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { var p = {|HRD3007:Process.Start|}(\"tool\", file); if (file == \"\") { return; } p!.Kill(true); p.Dispose(); } }", TestName = "{m}(a process per element that is not ended on one path)")]
    [TestCase("Process? _p; public void M() => _p = Process.Start(\"tool\"); public void Stop() => _p?{|HRD3008:.CloseMainWindow|}(); public void Dispose() => _p?.Dispose();", TestName = "{m}(a kept child that is only asked)")]
    [TestCase("Process? _p; public void M() => _p = Process.Start(\"tool\"); public void Stop() { using var k = {|HRD3008:Process.Start|}(\"kill\", $\"{_p!.Id}\"); k.WaitForExit(1000); } public void Dispose() => _p?.Dispose();", TestName = "{m}(a kept child that is only sent a signal)")]
    [TestCase("async Task M(CancellationToken stop) { using var p = Process.Start(\"tool\"); await Task.Delay(9, stop); await {|HRD3004:p.WaitForExitAsync|}(); }", TestName = "{m}(a child that is left when something is cancelled, and waited for without a limit)")]
    [TestCase("void M(string file) { using var p = Process.Start(\"tool\"); File.ReadAllText(file); {|HRD3004:p.WaitForExit|}(); p.Kill(true); }", TestName = "{m}(a kill that an exception passes by, after a wait without a limit)")]
    [TestCase("async Task M(string file, CancellationToken stop) { using var p = Process.Start(\"tool\"); await File.ReadAllTextAsync(file, stop); await {|HRD3005:p.WaitForExitAsync|}(stop); p.Kill(true); }", TestName = "{m}(a kill that an exception passes by, after a wait that is given up)")]
    [TestCase("void M(string file) { using var p = Process.Start(\"tool\"); File.ReadAllText(file); {|HRD3005:p.WaitForExit|}(1000); }", TestName = "{m}(a child that is left, and a wait with a limit that nobody asks about)")]
    [TestCase("Process? _p; public void M() => _p = Process.Start(\"tool\"); public void Stop() { {|HRD3005:_p!.WaitForExit|}(1000); _p.Dispose(); }", TestName = "{m}(a kept child, and a wait with a limit that nobody asks about)")]
    [TestCase("Process? _p; public void M() { _p = {|HRD3002:Process.Start|}(\"tool\"); _ = WatchAsync(); } async Task WatchAsync() { await _p!.WaitForExitAsync(); Console.WriteLine(_p.ExitCode); } public Task StartAsync(CancellationToken stop) => Task.CompletedTask; public Task StopAsync(CancellationToken stop) => Task.CompletedTask; } interface IHostedService { } partial class C : IHostedService {", TestName = "{m}(the child of a service that is only watched)")]
    [TestCase("async Task M(CancellationToken stop) { using var p = Process.Start(\"tool\"); await Task.Delay(9, stop); {|HRD3008:p.CloseMainWindow|}(); await p.WaitForExitAsync(); }", TestName = "{m}(a child that is only asked, and waited for without a limit)")]
    public Task Reports_each_mistake_at_a_start_once(string members) =>
        AllRules.ReportsAsync(Usings + "using System.Diagnostics; using System.Linq; partial class C { " + members + " }");
}
