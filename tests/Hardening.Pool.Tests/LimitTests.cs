namespace Hardening.Pool.Tests;

/// <summary>How long a job may take, how much memory, and who says so.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LimitTests : IDisposable
{
    private readonly Marks _marks = new();

    public void Dispose() => _marks.Dispose();

    [Test]
    public async Task A_job_that_never_returns_is_ended_with_its_worker_and_others_go_on(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        await using var pool = await TestPool.StartAsync(timeout, time: time);
        var mark = _marks.Next();
        var job = pool.RunAsync($"hang {mark}", new JobOptions { Timeout = TimeSpan.FromMilliseconds(500) }, timeout);
        var worker = pool.Note(await Marks.MadeAsync(mark, timeout));
        time.Advance(TimeSpan.FromMilliseconds(501));
        var failure = await Assert.ThrowsAsync<JobTimedOutException>(() => job);
        Assert.That((failure!.ProcessId, failure.Timeout, failure.PoolName), Is.EqualTo((worker, TimeSpan.FromMilliseconds(500), "test")));
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1)); // the pause before a start
                return pool.Statistics.ReadyWorkers == 2;
            },
            "both workers are ready",
            timeout);
        Assert.That(await Task.WhenAll(Enumerable.Range(0, 8).Select(i => pool.RunAsync("echo on", default, timeout))), Has.All.EqualTo("on"));
        Assert.That((pool.Statistics.TimedOut, pool.Statistics.Kills), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public async Task The_limit_of_a_job_is_measured_on_the_clock_of_the_pool(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.JobTimeout) = (1, TimeSpan.FromHours(2)), time: time);
        var mark = _marks.Next();
        var job = pool.RunAsync($"hang {mark}", default, timeout);
        await Marks.MadeAsync(mark, timeout);
        time.Advance(TimeSpan.FromMinutes(119));
        Assert.That(pool.Statistics.Running, Is.EqualTo(1));
        time.Advance(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAsync<JobTimedOutException>(() => job);
    }

    [Test]
    public async Task A_job_is_asked_at_its_soft_limit_and_its_worker_lives_on(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 1);
        var worker = await pool.WorkerIdAsync(timeout);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => pool.RunAsync("wait", new JobOptions { SoftTimeout = TimeSpan.FromMilliseconds(100) }, timeout));
        Assert.That(failure!.ErrorType, Does.EndWith("OperationCanceledException"));
        Assert.That(await pool.WorkerIdAsync(timeout), Is.EqualTo(worker));
        Assert.That((pool.Statistics.Failed, pool.Statistics.Kills), Is.EqualTo((1L, 0L)));
    }

    [Test]
    public async Task A_job_that_is_cancelled_while_it_waits_ends_at_once_and_is_never_begun(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 1);
        var (blocker, never) = (_marks.Next(), _marks.Next());
        var running = pool.RunAsync($"hang {blocker}", default, timeout);
        await Marks.MadeAsync(blocker, timeout);
        using var cancel = new CancellationTokenSource();
        var waiting = pool.RunAsync($"hang {never}", default, cancel.Token);
        await pool.QueuedAsync(1, timeout);
        await cancel.CancelAsync();
        var thrown = await Assert.CatchAsync<OperationCanceledException>(() => waiting);
        Assert.That(thrown!.CancellationToken, Is.EqualTo(cancel.Token));
        Assert.That((pool.Statistics.Cancelled, pool.Statistics.Queued, pool.Statistics.Running), Is.EqualTo((1L, 0L, 1L)));
        await pool.Pool.DisposeAsync();
        await Assert.CatchAsync(() => running);
        Assert.That(File.Exists(never), Is.False);
    }

    [Test]
    public async Task A_running_job_that_is_cancelled_ends_at_once_for_its_caller_and_its_worker_lives_on_if_it_listens(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.CancelGracePeriod) = (1, TimeSpan.FromMinutes(1)));
        var worker = await pool.WorkerIdAsync(timeout);
        using var cancel = new CancellationTokenSource();
        var job = pool.RunAsync("wait", default, cancel.Token);
        await pool.RunningAsync(1, timeout);
        await cancel.CancelAsync();
        var thrown = await Assert.CatchAsync<OperationCanceledException>(() => job);
        Assert.That(thrown!.CancellationToken, Is.EqualTo(cancel.Token));
        Assert.That(await pool.WorkerIdAsync(timeout), Is.EqualTo(worker));
        Assert.That((pool.Statistics.Cancelled, pool.Statistics.Kills, pool.Statistics.Restarts), Is.EqualTo((1L, 0L, 0L)));
    }

    [Test]
    public async Task A_worker_that_does_not_listen_is_ended_after_the_grace_period(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.CancelGracePeriod) = (1, TimeSpan.FromMilliseconds(200)));
        using var cancel = new CancellationTokenSource();
        var mark = _marks.Next();
        var job = pool.RunAsync($"hang {mark}", default, cancel.Token);
        var worker = pool.Note(await Marks.MadeAsync(mark, timeout));
        await cancel.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => job);
        Assert.That(await pool.WorkerIdAsync(timeout), Is.Not.EqualTo(worker));
        Assert.That((pool.Statistics.Cancelled, pool.Statistics.Kills), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public async Task A_token_that_is_cancelled_already_submits_nothing(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        await Assert.CatchAsync<OperationCanceledException>(() => pool.RunAsync("echo", default, new CancellationToken(canceled: true)));
        Assert.That(pool.Statistics.Submitted, Is.Zero);
    }

    [Test]
    public async Task A_worker_that_takes_too_much_memory_during_a_job_is_ended(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.MaxWorkerBytes) = (1, 256 << 20));
        var failure = await Assert.ThrowsAsync<WorkerMemoryException>(() => pool.RunAsync("leak 4000", default, timeout));
        Assert.That(failure!.ResidentBytes, Is.GreaterThan(failure.LimitBytes));
        Assert.That((failure.LimitBytes, failure.IsFresh), Is.EqualTo((256L << 20, false)));
        Assert.That(await pool.RunAsync("echo on", default, timeout), Is.EqualTo("on"));
    }

    [Test]
    public async Task A_worker_that_leaks_is_replaced_between_two_jobs(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.MaxWorkerBytes) = (1, 256 << 20));
        while (pool.Statistics.Recycles + pool.Statistics.Failed < 2)
        {
            try
            {
                await pool.RunAsync("leak 30", default, timeout);
            }
            catch (WorkerMemoryException)
            {
                // It was looked at during the job.
            }
        }

        Assert.That(await pool.RunAsync("echo on", default, timeout), Is.EqualTo("on"));
    }

    [Test]
    public async Task A_limit_that_no_worker_can_keep_is_refused_at_the_start(CancellationToken timeout)
    {
        await using var pool = TestPool.Make(options => (options.Workers, options.MaxWorkerBytes) = (1, 5 << 20));
        var failure = await Assert.ThrowsAsync<PoolUnavailableException>(() => pool.Pool.StartAsync(timeout));
        Assert.That(failure!.ToString(), Does.Contain("MaxWorkerBytes").And.Contain(nameof(WorkerMemoryException)));
        Assert.That(pool.Statistics.StartedWorkers, Is.LessThan(5));
    }
}
