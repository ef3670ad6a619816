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
