using System.Diagnostics.Metrics;
using Hardening.Dashboard.State;

namespace Hardening.Dashboard.Tests.State;

public sealed class PoolMetersTests
{
    private readonly KeyValuePair<string, object?> _pool = new("hardening.pool.name", "inspect");

    [Test]
    public void Times_are_listened_to_while_somebody_looks_and_no_longer()
    {
        var time = new ManualTimeProvider();
        using var meter = new Meter("Hardening.Runtime");
        var duration = meter.CreateHistogram<double>("hardening.process.job.duration", "s");
        using var meters = new PoolMeters(meters: null, time);
        Assert.That(duration.Enabled, Is.False, "nobody looks, and no job need read the clock");
        meters.Look(true);
        meters.Look(true);
        duration.Record(0.010, _pool);
        duration.Record(0.030, _pool);
        var summary = meters.Duration("inspect")!.Value;
        Assert.That((summary.Count, summary.Max), Is.EqualTo((2L, TimeSpan.FromMilliseconds(30))));
        Assert.That(meters.Wait("inspect"), Is.Null);
        time.Advance(TimeSpan.FromSeconds(12));
        Assert.That(meters.Duration("inspect")!.Value.Count, Is.EqualTo(2), "of the window before");
        time.Advance(TimeSpan.FromSeconds(12));
        Assert.That(meters.Duration("inspect")!.Value.Count, Is.Zero, "too long ago");
        meters.Look(false);
        Assert.That(duration.Enabled, "one still looks");
        meters.Look(false);
        Assert.That(duration.Enabled, Is.False);
        Assert.That(meters.Duration("inspect"), Is.Null);
    }

    [Test]
    public void Ends_of_workers_are_counted_from_the_start_by_reason()
    {
        using var meter = new Meter("Hardening.Runtime");
        using var foreign = new Meter("Another");
        using var meters = new PoolMeters(meters: null, TimeProvider.System);
        var exit = meter.CreateCounter<long>("hardening.process.worker.exit");
        exit.Add(1, _pool, new("hardening.exit.reason", "crashed"));
        exit.Add(2, _pool, new("hardening.exit.reason", "timed_out"));
        exit.Add(1, new("hardening.pool.name", "other"), new KeyValuePair<string, object?>("hardening.exit.reason", "asked"));
        foreign.CreateCounter<long>("hardening.process.worker.exit").Add(5, _pool, new("hardening.exit.reason", "crashed"));
        Assert.That(meters.Exits("inspect"), Is.EqualTo(new[] { new ExitState("timed_out", 2), new ExitState("crashed", 1) }));
    }
}
