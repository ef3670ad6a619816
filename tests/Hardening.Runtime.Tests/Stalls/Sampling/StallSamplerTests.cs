using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

public sealed class StallSamplerTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Test, CancelAfter(60_000)]
    public void A_sample_allocates_nothing_deep_or_not(CancellationToken timeout)
    {
        using var threads = new DisposableThreads(20);
        using var sampler = Real();
        int[] watched = [threads[0].Id, threads[1].Id, 0, 123456789];
        for (var i = 0; i < 50; i++)
        {
            sampler.Take(watched, deep: i % 2 == 0);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100 && !timeout.IsCancellationRequested; i++)
        {
            sampler.Take(watched, deep: i % 2 == 0);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(sampler.Copy(0, long.MaxValue)[^1].Threads.Select(row => row.ThreadId), Is.SupersetOf(watched.Where(thread => thread != 0)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Gives_samples_of_a_time_with_their_rows_names_and_channels(CancellationToken timeout)
    {
        using var thread = new ParkedThread("is sampled");
        using var sampler = Real();
        await Eventually.HoldsAsync(
            () =>
            {
                sampler.Take([thread.Id], deep: true);
                return sampler.Copy(0, long.MaxValue)[^1].Threads.Any(row => row.ThreadId == thread.Id && row.State == 'S' && row.SystemCall > 0);
            },
            "the thread has a row with its details",
            timeout);
        var last = sampler.Copy(sampler.LastTime, long.MaxValue).Single();
        var row = last.Threads.Single(row => row.ThreadId == thread.Id);
        Assert.That((last.Sample.IsDeep, last.Sample.Interval > 0, last.Sample.Cost > 0), Is.EqualTo((true, true, true)));
        Assert.That(sampler.ThreadNames[thread.Id], Is.EqualTo("is sampled"));
        Assert.That(row.WaitChannel == 0 || sampler.WaitChannels[row.WaitChannel - 1].Contains("futex", StringComparison.Ordinal));
        Assert.That(sampler.Copy(0, last.Sample.Time - 1).All(sample => sample.Sample.Time < last.Sample.Time));
    }

    [Test, CancelAfter(60_000)]
    public void An_aide_that_is_stuck_does_not_keep_samples_from_being_taken(CancellationToken timeout)
    {
        using var stuck = new ManualResetEventSlim();
        using var free = new ManualResetEventSlim();
        using var sampler = Real(() =>
        {
            stuck.Set();
            free.Wait(Limit, CancellationToken.None);
        });
        sampler.Take([], deep: false);
        Assert.That(stuck.Wait(Limit, timeout));
        for (var i = 0; i < 20; i++)
        {
            sampler.Take([], deep: false);
        }

        Assert.That(sampler.Copy(0, long.MaxValue), Has.Count.EqualTo(21));
        free.Set();
    }

    [Test, CancelAfter(60_000)]
    public void What_throws_aside_is_counted_and_the_rest_is_done(CancellationToken timeout)
    {
        using var done = new CountdownEvent(3);
        using var wake = new SemaphoreSlim(0);
        using var ended = new ManualResetEventSlim();
        long failures;
        using (var aide = new SamplerAide(
            [
                () => throw new InvalidOperationException("a test's"),
                () =>
                {
                    done.Signal();
                    wake.Release();
                },
            ],
            ended.Set))
        {
            for (var i = 0; i < 3; i++)
            {
                aide.Wake();
                Assert.That(wake.Wait(Limit, timeout));
            }

            failures = aide.Failures;
        }

        Assert.That((done.IsSet, failures, ended.IsSet), Is.EqualTo((true, 3L, true)));
    }

    [Test, CancelAfter(60_000)]
    public void An_aide_of_its_own_pace_works_without_being_woken(CancellationToken timeout)
    {
        using var done = new CountdownEvent(3);
        using (new SamplerAide([
            () =>
            {
                if (!done.IsSet)
                {
                    done.Signal();
                }
            },
        ], static () => { }, TimeSpan.FromMilliseconds(1)))
        {
            Assert.That(done.Wait(Limit, timeout));
        }
    }

    [Test]
    public void The_clock_is_that_of_the_provider_in_nanoseconds()
    {
        var time = new ManualTimeProvider();
        var before = time.Nanoseconds;
        time.Advance(TimeSpan.FromMilliseconds(1.5));
        Assert.That(time.Nanoseconds - before, Is.EqualTo(1_500_000));
    }

    private static StallSampler Real(params ReadOnlySpan<Action> aside) => new(new ProcSampler(), new HostSampler(), new NoRuntime(), TimeProvider.System, Period, aside);

    private sealed class NoRuntime : IRuntimeSampler
    {
        public void Read(ref RuntimeSample runtime)
        {
        }
    }

    private sealed class DisposableThreads(int count) : IDisposable
    {
        private readonly ParkedThread[] _threads = [.. Enumerable.Range(0, count).Select(i => new ParkedThread($"parked {i}"))];

        public ParkedThread this[int index] => _threads[index];

        public void Dispose()
        {
            foreach (var thread in _threads)
            {
                thread.Dispose();
            }
        }
    }
}
