using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

public sealed class TornSamplesTests
{
    private const long Millisecond = 1_000_000;

    [Test]
    public void A_sample_that_a_stall_hit_is_one_with_the_next()
    {
        var merged = TornSamples.Merge(
        [
            Sample(200, interval: 200, cost: 1, runTime: 1, gcPause: 1),
            Sample(400, interval: 200, cost: 3500, runTime: 2, gcPause: 3000),
            Sample(4000, interval: 3600, cost: 1, runTime: 4, gcPause: 500),
            Sample(4200, interval: 200, cost: 1, runTime: 8, gcPause: 1),
        ]);
        Assert.That(merged.Select(sample => (sample.Sample.Time / Millisecond, sample.Sample.Interval / Millisecond)), Is.EqualTo(new[] { (200L, 200L), (4000L, 3800L), (4200L, 200L) }));
        var torn = merged[1];
        Assert.That((torn.Sample.Cost, torn.Sample.Runtime.GcPause, torn.Sample.Process.Threads), Is.EqualTo((3500 * Millisecond, 3500L, 4000)), "growths are summed, states are the later ones");
        Assert.That(torn.Threads.Select(row => (row.ThreadId, row.RunTime)), Is.EquivalentTo(new[] { (1, 6L), (400, 2L), (4000, 4L) }));
    }

    [Test]
    public void The_last_one_stays_torn()
    {
        var merged = TornSamples.Merge([Sample(200, 200, 1, 1, 1), Sample(400, 200, 100, 1, 1)]);
        Assert.That(merged, Has.Count.EqualTo(2));
    }

    [Test]
    public void Samples_that_all_take_long_are_not_all_one()
    {
        var merged = TornSamples.Merge([.. Enumerable.Range(1, 30).Select(i => Sample(i * 200, 200, 60, 1, 1))]);
        Assert.That(merged, Has.Count.InRange(5, 15));
        Assert.That(merged.Sum(sample => sample.Sample.Interval), Is.EqualTo(30 * 200 * Millisecond));
    }

    [Test]
    public void Nothing_is_nothing() => Assert.That(TornSamples.Merge([]), Is.Empty);

    // Every sum of every growth, whatever is added to the types later: a growth that is forgotten shows here.
    [Test]
    public void Each_number_is_the_sum_or_the_later_one()
    {
        var sampleTypes = new[] { typeof(ThreadSample), typeof(ProcessSample), typeof(HostSample), typeof(RuntimeSample) };
        string[] states =
        [
            "ThreadSample.ThreadId", "ThreadSample.State", "ThreadSample.WaitChannel", "ThreadSample.SystemCall", "ThreadSample.Argument", "ProcessSample.Threads", "ProcessSample.Runnable",
            "ProcessSample.Uninterruptible", "ProcessSample.Children", "ProcessSample.RunnableChildren", "ProcessSample.Omitted", "HostSample.Runnable", "HostSample.Blocked",
            "RuntimeSample.PendingWorkItems", "RuntimeSample.PoolThreads", "RuntimeSample.PoolDelay", "RuntimeSample.CanaryDelay",
        ];
        var (first, second) = (new WindowSample(new Sample { Interval = 1, Cost = long.MaxValue / 100 }, [Ones<ThreadSample>()]), new WindowSample(new Sample { Interval = 1 }, [Ones<ThreadSample>()]));
        first = first with { Sample = first.Sample with { Process = Ones<ProcessSample>(), Host = Ones<HostSample>(), Runtime = Ones<RuntimeSample>() } };
        second = second with { Sample = second.Sample with { Process = Ones<ProcessSample>(), Host = Ones<HostSample>(), Runtime = Ones<RuntimeSample>() } };
        var merged = TornSamples.Merge([first, second]).Single();
        foreach (var (type, value) in sampleTypes.Zip(new object[] { merged.Threads[0], merged.Sample.Process, merged.Sample.Host, merged.Sample.Runtime }))
        {
            foreach (var property in type.GetProperties())
            {
                var expected = states.Contains($"{type.Name}.{property.Name}") ? 1 : 2;
                Assert.That(Convert.ToInt64(property.GetValue(value), null), Is.EqualTo(expected), $"{type.Name}.{property.Name}");
            }
        }
    }

    private static T Ones<T>()
        where T : struct
    {
        object value = default(T);
        foreach (var property in typeof(T).GetProperties())
        {
            property.SetValue(value, property.PropertyType == typeof(char) ? (char)1 : Convert.ChangeType(1, property.PropertyType, null));
        }

        return (T)value;
    }

    private static WindowSample Sample(int time, int interval, int cost, long runTime, long gcPause) => new(
        new Sample
        {
            Time = time * Millisecond,
            Interval = interval * Millisecond,
            Cost = cost * Millisecond,
            Process = new ProcessSample { Threads = time },
            Runtime = new RuntimeSample { GcPause = gcPause },
        },
        [new ThreadSample { ThreadId = 1, RunTime = runTime }, new ThreadSample { ThreadId = time, RunTime = runTime }]);
}
