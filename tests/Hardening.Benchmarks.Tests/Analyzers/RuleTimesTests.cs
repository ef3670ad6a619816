using Hardening.Benchmarks.Analyzers;

namespace Hardening.Benchmarks.Tests.Analyzers;

public sealed class RuleTimesTests
{
    [Test]
    public void Reads_what_the_compiler_prints()
    {
        var times = new RuleTimes();
        times.Add(Printed(0.030, 0.090));
        times.Add(Printed(0.010, 0.010));
        times.Add(Printed(0.020, 0.020));
        Assert.That(times.Rules, Is.EqualTo(new[] { "HRD1001", "HRD1003", "HRD3006" }));
        Assert.That(times.Seconds("HRD1003"), Is.EqualTo(0.020));
        Assert.That(times.Seconds("HRD3006"), Is.EqualTo(0.001));
        Assert.That(times.Total, Is.EqualTo(0.025).Within(1e-9));
        Assert.That(times.First, Is.EqualTo(0.020));
    }

    private static string Printed(double rule, double empty) => FormattableString.Invariant(
        $"""
        NOTE: Elapsed time may be less than analyzer execution time because analyzers can run concurrently.

        Total analyzer execution time: 0.196 seconds.

        Time (s)    %   Analyzer
           {empty:F3}   31   EmptyRule, Version=0.0.0.0, Culture=neutral, PublicKeyToken=null
           {empty:F3}   31      EmptyRule (EMPTY1)

           0.106   69   Hardening.Analyzers, Version=0.1.0.0, Culture=neutral, PublicKeyToken=null
           {rule:F3}   43      Hardening.Analyzers.Locks.HRD1003LockHeldAcrossBlockingAnalyzer (HRD1003)
           0.004    2      Hardening.Analyzers.Locks.HRD1001LockOnUnfitObjectAnalyzer (HRD1001, HRD1099)
          <0.001   <1      Hardening.Analyzers.Processes.HRD3006PipeNotDrainedAnalyzer (HRD3006)
        """);
}
