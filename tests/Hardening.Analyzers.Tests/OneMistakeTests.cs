namespace Hardening.Analyzers.Tests;

/// <summary>Where several rules could speak about one statement, the one that knows it best does: one mistake, one diagnostic.</summary>
public sealed class OneMistakeTests
{
    [TestCase("class C { void M() { lock ({|HRD1001:this|}) { } } }")]
    [TestCase("class C { void M() { lock ({|HRD1001:this|}) { lock ({|HRD1001:typeof(C)|}) { } } } }", TestName = "{m}(two locks are two mistakes)")]
    [TestCase("using System.Threading; class C { void M() { Monitor.Enter({|HRD1001:this|}); try { } finally { Monitor.Exit(this); } } }", TestName = "{m}(Enter and Exit are one)")]
    public Task Reports_each_mistake_once(string source) => AllRules.ReportsAsync(source);
}
