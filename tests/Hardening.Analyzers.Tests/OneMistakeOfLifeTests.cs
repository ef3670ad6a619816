namespace Hardening.Analyzers.Tests;

/// <summary>One mistake, one diagnostic: timers, threads and waits, which several rules look at.</summary>
public sealed class OneMistakeOfLifeTests
{
    private const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;

        """;

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
    public Task Reports_each_mistake_once(string source) => AllRules.ReportsAsync(Usings + source);
}
