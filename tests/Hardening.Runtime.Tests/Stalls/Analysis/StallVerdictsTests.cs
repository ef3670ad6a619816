using Hardening.Stalls;
using Hardening.Stalls.Analysis;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Analysis;

public sealed class StallVerdictsTests
{
    [Test]
    public void The_longest_stall_whose_cause_is_known_says_most()
    {
        var (verdict, window) = StallVerdicts.Join([Stall("worker", 0.5, StallCause.ForeignLoad, 0.9), Stall("camera", 2.5, StallCause.BlockedActivity, 0.8), Stall("other", 9, StallCause.Unknown, 0.4)]);
        Assert.That((verdict.Cause, window.Activity.Name), Is.EqualTo((StallCause.BlockedActivity, "camera")));
        Assert.That(verdict.Contributions.Single(), Has.Property("Cause").EqualTo(StallCause.ForeignLoad).And.Property("Share").EqualTo(0.18).Within(1e-9), "a fifth of the time");
    }

    [Test]
    public void Of_stalls_that_weigh_the_same_the_first_says_most()
    {
        var (verdict, window) = StallVerdicts.Join([Stall("first", 1, StallCause.LockContention, 0.9), Stall("second", 1, StallCause.LockContention, 0.9)]);
        Assert.That((window.Activity.Name, verdict.Contributions.Count), Is.EqualTo(("first", 0)));
        Assert.That(StallVerdicts.Join([Stall("one", 1, StallCause.Unknown, 0.4)]).Verdict.Cause, Is.EqualTo(StallCause.Unknown));
    }

    [Test]
    public void What_is_beside_is_told_once_the_largest_first()
    {
        var main = Stall("main", 10, StallCause.GarbageCollection, 0.9);
        main.Verdict = main.Verdict with { Contributions = [new StallContribution(StallCause.ForeignLoad, 0.2)] };
        var (verdict, _) = StallVerdicts.Join([main, Stall("a", 4, StallCause.ForeignLoad, 0.9), Stall("b", 9, StallCause.LockContention, 1)]);
        Assert.That(verdict.Contributions, Is.EqualTo(new[] { new StallContribution(StallCause.LockContention, 0.9), new StallContribution(StallCause.ForeignLoad, 0.2) }));
    }

    private static (StallWindow Window, StallVerdict Verdict) Stall(string name, double seconds, StallCause cause, double confidence) => (
        new StallWindow
        {
            Processors = 2,
            Activity = new StalledActivity { Kind = StalledActivityKind.Heartbeat, Name = name, StallAfter = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromSeconds(seconds) },
            StallStart = 0,
            StallEnd = (long)(seconds * 1e9),
            Samples = [],
        },
        new StallVerdict { Cause = cause, Confidence = confidence, Contributions = [], Shares = new StallShares(), Evidence = [] });
}
