using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

public sealed class RuntimeSamplerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Test, CancelAfter(60_000)]
    public void A_reading_allocates_nothing()
    {
        using var canary = new Canary(TimeProvider.System);
        using var events = new RuntimeEvents(TimeProvider.System);
        using var sampler = new RuntimeSampler(TimeProvider.System, canary, events);
        canary.Start();
        var runtime = default(RuntimeSample);
        sampler.Assist();
        sampler.Read(ref runtime);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            sampler.Read(ref runtime);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public void Assisting_allocates_nothing_either()
    {
        using var sampler = new RuntimeSampler(TimeProvider.System);
        sampler.Assist();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            sampler.Assist();
            sampler.Ping();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(100 * 24), "the pool's queue makes room now and then");
    }

    [Test, CancelAfter(60_000)]
    public void A_collection_is_a_pause_that_is_told_once()
    {
        using var sampler = new RuntimeSampler(TimeProvider.System);
        var runtime = default(RuntimeSample);
        GC.Collect();
        sampler.Read(ref runtime);
        Assert.That(runtime.GcPause, Is.Positive);
        Assert.That(runtime.Gen2, Is.Positive);
        Assert.That(runtime.Gen0, Is.AtLeast(runtime.Gen2), "an older generation is collected with the younger ones");
        sampler.Read(ref runtime);
        sampler.Read(ref runtime);
        Assert.That(runtime.Gen2, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public async Task Waits_for_locks_and_work_of_the_pool_are_counted(CancellationToken timeout)
    {
        using var sampler = new RuntimeSampler(TimeProvider.System);
        using var threads = new TestThreads();
        var it = TestLock.Of(typeof(object));
        threads.StartOwner(it);
        await threads.StartWaitersAsync(it, 3, timeout);
        threads.Release();
        threads.Join();
        await Task.Run(static () => { }, timeout);
        var runtime = default(RuntimeSample);
        sampler.Assist();
        sampler.Read(ref runtime);
        Assert.That(runtime.Contentions, Is.AtLeast(3));
        Assert.That(runtime.CompletedWorkItems, Is.Positive);
        Assert.That(runtime.PoolThreads, Is.Positive);
    }

    [Test, CancelAfter(60_000), Platform("Linux")]
    public async Task Being_told_to_go_on_is_counted(CancellationToken timeout)
    {
        using var sampler = new RuntimeSampler(TimeProvider.System);
        var runtime = default(RuntimeSample);
        var continued = 0;
        Signals.Send("CONT", Environment.ProcessId);
        await Eventually.HoldsAsync(
            () =>
            {
                sampler.Read(ref runtime);
                continued += runtime.Continued;
                return continued == 1;
            },
            "SIGCONT is counted",
            timeout);
        sampler.Read(ref runtime);
        Assert.That(runtime.Continued, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public void While_the_pool_is_blocked_its_delay_grows()
    {
        var time = new ManualTimeProvider();
        using var sampler = new RuntimeSampler(time);
        using var blockers = new Blockers();
        try
        {
            sampler.Ping();
            Assert.That(Delay(sampler), Is.Zero);
            time.Advance(TimeSpan.FromSeconds(1));
            sampler.Ping();
            Assert.That(Delay(sampler), Is.EqualTo(1_000_000_000), "the first ping is under way still");
            time.Advance(TimeSpan.FromSeconds(2));
            sampler.Ping();
            var runtime = default(RuntimeSample);
            sampler.Assist();
            sampler.Read(ref runtime);
            Assert.That(runtime.PoolDelay, Is.EqualTo(3_000_000_000));
            Assert.That(runtime.PendingWorkItems, Is.GreaterThan(100));
        }
        finally
        {
            blockers.Release();
        }

        Assert.That(SpinWait.SpinUntil(() => !sampler.IsPinging, Limit));
        Assert.That(Delay(sampler), Is.EqualTo(3_000_000_000), "of the ping that ended");
        Assert.That(Delay(sampler), Is.Zero, "told once");
        sampler.Ping();
        Assert.That(SpinWait.SpinUntil(() => !sampler.IsPinging, Limit));
        Assert.That(Delay(sampler), Is.Zero);
    }

    private static long Delay(RuntimeSampler sampler)
    {
        var runtime = default(RuntimeSample);
        sampler.Read(ref runtime);
        return runtime.PoolDelay;
    }

    // As starvation comes about: each of them waits on a thread of the pool, and they are so many that what comes behind them is not begun.
    private sealed class Blockers : IThreadPoolWorkItem, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly CountdownEvent _through = new(500);

        public Blockers()
        {
            for (var i = 0; i < _through.InitialCount; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }

        public void Release()
        {
            _released.Set();
            Assert.That(_through.Wait(Limit));
        }

        public void Execute()
        {
            _released.Wait(Limit);
            _through.Signal();
        }

        public void Dispose()
        {
            _released.Dispose();
            _through.Dispose();
        }
    }
}
