namespace Hardening.Analyzers.Tests;

/// <summary>Where several rules could speak about one statement, the one that knows it best does: one mistake, one diagnostic.</summary>
public sealed class OneMistakeTests
{
    [TestCase("class C { void M() { lock ({|HRD1001:this|}) { } } }")]
    [TestCase("class C { void M() { lock ({|HRD1001:this|}) { lock ({|HRD1001:typeof(C)|}) { } } } }", TestName = "{m}(two locks are two mistakes)")]
    [TestCase("using System.Threading; class C { void M() { Monitor.Enter({|HRD1001:this|}); try { } finally { Monitor.Exit(this); } } }", TestName = "{m}(Enter and Exit are one)")]
    [TestCase("using System.Threading; class C { readonly object _a = new(), _b = new(); void M() { lock (_a) { lock (_b) { {|HRD1003:Thread.Sleep|}(1); } } } }", TestName = "{m}(two locks, one sleep)")]
    [TestCase("using System.Threading; class C { readonly object _a = new(); void M() { Monitor.Enter(_a); lock (_a) { {|HRD1003:Thread.Sleep|}(1); } Monitor.Exit(_a); } }", TestName = "{m}(one lock in two ways, one sleep)")]
    [TestCase("using System.Threading; class C { readonly object _a = new(); void M(int[] items) { foreach (var i in items) { foreach (var j in items) { {|HRD2001:new Thread|}(() => { lock (_a) { {|HRD1003:Thread.Sleep|}(i); } }).Start(); } } } }", TestName = "{m}(a thread in two loops)")]
    [TestCase("using System.Collections.Concurrent; class C { private readonly BlockingCollection<int> _q = {|HRD2004:new|}(new ConcurrentQueue<int>()); }", TestName = "{m}(a collection over a queue)")]
    public Task Reports_each_mistake_once(string source) => AllRules.ReportsAsync(source);
}
