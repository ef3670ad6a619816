using Hardening.Stalls;
using Hardening.Stalls.Classification;
using Hardening.Stalls.Reports;
using Hardening.Stalls.Sampling;
using static Hardening.Runtime.Tests.Stalls.Classification.CauseClassifierTests;
using static Hardening.Runtime.Tests.Stalls.Classification.StallSketch;

namespace Hardening.Runtime.Tests.Stalls.Classification;

/// <summary>What holds for every window, however odd.</summary>
public sealed class CauseClassifierPropertyTests
{
    private static readonly StallSubject s_subject = new() { ProcessId = 1, Name = "app", Host = "host", Processors = 2, System = "Linux", Runtime = ".NET" };

    [Test]
    [CancelAfter(60_000)]
    public void Any_window_gets_a_verdict_within_its_bounds_and_the_same_one_again()
    {
        for (var seed = 0; seed < 1500; seed++)
        {
            var window = RandomWindow.Of(seed);
            var verdict = CauseClassifier.Classify(window);
            Assert.That(Told(CauseClassifier.Classify(window)), Is.EqualTo(Told(verdict)), $"seed {seed}");
            AssertBounds(verdict, seed);
            Assert.That(() => StallReportBuilder.Build("1", DateTimeOffset.UnixEpoch, window, verdict, s_subject, []), Throws.Nothing, $"seed {seed}");
        }
    }

    [Test]
    public void Nothing_is_named_without_samples_of_the_stall()
    {
        var window = OfThread().Thread(CameraId, runs: 0.9).Build();
        AssertUnknown(window with { Samples = [] });
        AssertUnknown(window with { Samples = [window.Samples[^1]] });
        AssertUnknown(window with { Samples = [.. window.Samples.Take(4)] });
        AssertUnknown(window with { StallEnd = window.StallStart });
        AssertUnknown(window with { StallEnd = window.StallStart - 5 });
        AssertUnknown(window with { Activity = window.Activity with { ThreadId = 0 } });
        AssertUnknown(window with { Activity = window.Activity with { ThreadId = 999 }, Samples = [.. window.Samples.Select(sample => sample with { Sample = sample.Sample with { IsDeep = true } })] });
    }

    [Test]
    public void Torn_samples_are_no_evidence()
    {
        var window = OfThread().Thread(CameraId, runs: 0.9).Build();
        AssertUnknown(window with { Samples = [.. window.Samples.Select(sample => sample with { Sample = sample.Sample with { Interval = 0 } })] });
        AssertUnknown(window with { Samples = [.. window.Samples.Select(sample => sample with { Sample = sample.Sample with { Interval = -1 } })] });
    }

    [Test]
    public void A_little_of_a_long_stall_decides_nothing()
    {
        var window = OfThread().Thread(CameraId).Build();
        AssertUnknown(window with { StallEnd = window.StallEnd + 20_000_000_000 });
    }

    [Test]
    public void More_of_a_signal_never_makes_its_cause_less_likely()
    {
        AssertGrows(StallCause.GarbageCollection, share => OfThread().Thread(CameraId).Collections(share));
        AssertGrows(StallCause.BusyActivity, share => OfThread().Thread(CameraId, runs: share, state: 'R'));
        AssertGrows(StallCause.Throttling, share => OfThread().Thread(CameraId, waits: 1, state: 'R').Throttled(share).Load(foreign: 1.8, runnableForeign: 9));
        AssertGrows(StallCause.LockContention, share => OfThread().Thread(CameraId, at: null, call: -1).Waits(CameraId, OwnerId, to: share * 2));
        AssertGrows(StallCause.ForeignLoad, share => OfThread().Thread(CameraId, waits: share).Load(foreign: 1.8, runnableForeign: 9));
        AssertGrows(StallCause.ChildStorm, share => OfThread().Thread(CameraId, waits: 1, state: 'R').Load(children: share * 1.9, runnableChildren: share * 20, runnable: 2, foreign: 1.9 - share * 1.9, runnableForeign: 20 - share * 20));
        AssertGrows(StallCause.Oversubscription, share => OfThread().Thread(CameraId, waits: 1, state: 'R').Load(user: share * 1.9, runnable: 2 + share * 40, foreign: 1.9 - share * 1.9, runnableForeign: 20 - share * 20));
        AssertGrows(StallCause.MemoryStorm, share => OfThread().Thread(CameraId, waits: 1 - share, state: 'D', at: "__vm_munmap", call: 11).Load(foreign: 1.9, runnableForeign: 10));
    }

    private static void AssertGrows(StallCause cause, Func<double, StallSketch> draw)
    {
        var last = -1.0;
        var wasMain = false;
        for (var share = 0.0; share <= 1.0001; share += 0.1)
        {
            var verdict = draw(share).Classify();
            var isMain = verdict.Cause == cause;
            Assert.That(isMain || !wasMain, Is.True, () => $"{cause} was the main cause before there was more of it, {share:0.0}: {Told(verdict)}");
            wasMain = isMain;
            var weight = isMain ? 1 + verdict.Confidence : verdict.Contributions.FirstOrDefault(other => other.Cause == cause)?.Share ?? 0;
            Assert.That(weight, Is.GreaterThanOrEqualTo(last - 0.001), () => $"{cause} at {share:0.0}: {Told(verdict)}");
            last = weight;
        }

        Assert.That(wasMain, Is.True, () => $"{cause} alone: {Told(draw(1).Classify())}");
    }

    private static void AssertUnknown(StallWindow window)
    {
        var verdict = CauseClassifier.Classify(window);
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.Unknown), () => Told(verdict));
        Assert.That(verdict.Confidence, Is.LessThan(0.5));
        Assert.That(verdict.Evidence, Is.Not.Empty);
        Assert.That(StallReportBuilder.Build("1", DateTimeOffset.UnixEpoch, window, verdict, s_subject, []).Headline, Does.StartWith("the evidence does not decide"));
    }

    private static void AssertBounds(StallVerdict verdict, int seed)
    {
        var shares = verdict.Shares;
        double[] all = [shares.Running, shares.WaitingForProcessor, shares.Blocked, shares.Suspended, shares.Stopped];
        Assert.That(all, Is.All.InRange(0, 1), () => $"seed {seed}: {Told(verdict)}");
        Assert.That(all.Sum(), Is.LessThanOrEqualTo(1.001), () => $"seed {seed}: {Told(verdict)}");
        Assert.That(verdict.Confidence, Is.InRange(0, 1), $"seed {seed}");
        Assert.That(verdict.Cause == StallCause.Unknown, Is.EqualTo(verdict.Confidence < 0.5), $"seed {seed}");
        Assert.That(verdict.Contributions.Select(other => other.Share), Is.All.InRange(0, 1), $"seed {seed}");
        Assert.That(verdict.Contributions.Select(other => other.Share), Is.Ordered.Descending, $"seed {seed}");
        Assert.That(verdict.Contributions.Sum(other => other.Share), Is.LessThanOrEqualTo(1.01), $"seed {seed}");
        Assert.That(verdict.Contributions.Select(other => other.Cause), Is.Unique.And.No.Member(StallCause.Unknown), $"seed {seed}");
        Assert.That(verdict.Evidence, Is.Not.Empty.And.No.Member("").And.No.Member(null), $"seed {seed}");
    }
}
