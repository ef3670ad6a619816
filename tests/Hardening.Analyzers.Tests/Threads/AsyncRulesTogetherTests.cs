namespace Hardening.Analyzers.Tests.Threads;

/// <summary>The rules about tasks and async code meet one another and those about locks: one mistake, one diagnostic.</summary>
public sealed class AsyncRulesTogetherTests
{
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
    public Task Reports_each_mistake_once(string member) => AllRules.ReportsAsync(
        $$"""
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            private readonly object _gate = new();
        {{member}}
        }
        """);
}
