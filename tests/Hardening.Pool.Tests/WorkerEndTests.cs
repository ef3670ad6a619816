namespace Hardening.Pool.Tests;

/// <summary>A worker ends, in whatever way and at whatever time: the job that it worked on says so, and all others are done.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WorkerEndTests : IDisposable
{
    private readonly Marks _marks = new();

    public void Dispose() => _marks.Dispose();

    [Test]
    public async Task A_worker_that_is_killed_during_a_job_takes_that_job_and_no_other(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        var mark = _marks.Next();
        var doomed = pool.RunAsync($"hang {mark}", default, timeout);
        var jobs = Enumerable.Range(0, 10).Select(i => pool.RunAsync($"echo {i}", default, timeout)).ToList();
        var victim = pool.Note(await Marks.MadeAsync(mark, timeout));
        Signals.Send("KILL", victim);
        var failure = await Assert.ThrowsAsync<WorkerExitedException>(() => doomed);
        Assert.That((failure!.ProcessId, failure.Signal, failure.ExitCode, failure.PoolName), Is.EqualTo((victim, (int?)9, 137, "test")));
        Assert.That(await Task.WhenAll(jobs), Is.EqualTo(Enumerable.Range(0, 10).Select(i => $"{i}")));
        await pool.ReadyAsync(2, timeout);
        Assert.That((pool.Statistics.Failed, pool.Statistics.Restarts), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public async Task Workers_that_are_killed_between_jobs_take_none(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.SpareWorkers = 1);
        for (var round = 0; round < 10; round++)
        {
            Signals.Send("KILL", await pool.WorkerIdAsync(timeout));
            var jobs = Enumerable.Range(0, 4).Select(i => pool.RunAsync($"echo {i}", default, timeout)).ToList();
            Assert.That(await Task.WhenAll(jobs), Is.EqualTo(["0", "1", "2", "3"]));
        }

        Assert.That(pool.Statistics.Failed, Is.Zero);
    }

    [Test]
    public async Task A_spare_worker_takes_the_place_of_one_that_ends(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.SpareWorkers) = (1, 1));
        await Eventually.HoldsAsync(() => pool.Statistics.SpareWorkers == 1, "the spare one is ready", timeout);
        var started = pool.Statistics.StartedWorkers;
        Signals.Send("KILL", await pool.WorkerIdAsync(timeout));
        Assert.That(await pool.RunAsync("count", default, timeout), Is.EqualTo("1"));
        await Eventually.HoldsAsync(() => pool.Statistics is { SpareWorkers: 1, ReadyWorkers: 1 }, "there is a new spare one", timeout);
        Assert.That(pool.Statistics.StartedWorkers, Is.EqualTo(started + 1));
    }

    [TestCase("exit 7", null, 7)]
    [TestCase("abort by itself", 6, 134)]
    [TestCase("overflow", 6, 134)]
    [TestCase("crash", null, null)] // SIGSEGV, or SIGABRT of the runtime that caught it
    [TestCase("thread unseen", 6, 134)]
    public async Task A_job_that_ends_its_worker_fails_with_how_it_ended(string request, int? signal, int? code, CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 1);
        var failure = await Assert.ThrowsAsync<WorkerExitedException>(() => pool.RunAsync(request, default, timeout));
        Assert.That(code is null ? failure!.ExitCode > 128 : (failure!.ExitCode, failure.Signal) == (code, signal), failure!.Message);
        if (request.Split(' ') is ["abort" or "thread", var said, ..])
        {
            Assert.That(failure.ErrorOutput, Does.Contain(said));
        }

        Assert.That(await pool.RunAsync("echo on", default, timeout), Is.EqualTo("on"));
    }

    [Test]
    public async Task A_job_that_writes_over_the_rings_ends_its_worker_at_most(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.JobTimeout = TimeSpan.FromSeconds(3));
        var ends = new List<Exception?>();
        for (var round = 0; round < 5; round++)
        {
            try
            {
                await pool.RunAsync("garbage", default, timeout);
            }
            catch (Exception e) when (e is WorkerProtocolException or WorkerExitedException or JobTimedOutException or PoisonJobException)
            {
                ends.Add(e);
            }
        }

        foreach (var echo in Enumerable.Range(0, 16).Select(i => pool.RunAsync($"echo {i}", new JobOptions { MaxAttempts = 5 }, timeout)).ToList())
        {
            await echo; // a ring that looks well may come to light with the next job
        }

        Assert.That(pool.Statistics.Restarts, Is.GreaterThanOrEqualTo(ends.Count(end => end is not PoisonJobException)));
    }

    [Test]
    public async Task A_worker_that_is_stopped_during_a_job_is_ended_at_the_limit_of_the_job(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.JobTimeout) = (1, TimeSpan.FromHours(1)), time: time);
        var mark = _marks.Next();
        var job = pool.RunAsync($"hang {mark}", default, timeout);
        Signals.Stop(pool.Note(await Marks.MadeAsync(mark, timeout)));
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.That(job.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAsync<JobTimedOutException>(() => job);
        await EventuallyEchoesAsync(pool, time, timeout);
    }

    [Test]
    public async Task A_job_that_a_stopped_worker_has_not_begun_is_done_by_another(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.JobTimeout) = (1, TimeSpan.FromHours(1)), time: time);
        Signals.Stop(await pool.WorkerIdAsync(timeout));
        var job = pool.RunAsync("echo late", default, timeout);
        await pool.RunningAsync(1, timeout);
        time.Advance(TimeSpan.FromMinutes(61));
        await EventuallyEchoesAsync(pool, time, timeout);
        Assert.That(await job, Is.EqualTo("late"));
    }

    [Test]
    public async Task What_a_worker_has_started_ends_with_it(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 1);
        var worker = await pool.WorkerIdAsync(timeout);
        await pool.RunAsync($"daemon {marked.FullName}", default, timeout);
        await Eventually.HoldsAsync(() => marked.Processes.Count == 1, "the daemon runs", timeout);
        Signals.Send("KILL", worker);
        await Eventually.HoldsAsync(() => marked.Processes.Count == 0, "the daemon has ended", timeout);
    }

    [Test]
    public async Task A_job_that_hangs_with_children_ends_with_them(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 1);
        var worker = await pool.WorkerIdAsync(timeout);
        var job = pool.RunAsync("fork 5", default, timeout);
        await job;
        await Eventually.HoldsAsync(() => ProcessScan.DescendantsOf(worker).Count >= 5, "its children run", timeout);
        var family = ProcessScan.DescendantsOf(worker);
        await pool.DisposeAsync();
        Assert.That(family.Where(process => process.IsAlive), Is.Empty);
    }

    private static async Task EventuallyEchoesAsync(TestPool pool, ManualTimeProvider time, CancellationToken timeout)
    {
        var echo = pool.RunAsync("echo on", default, timeout);
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1)); // the pause before a start
                return echo.IsCompleted;
            },
            "another worker takes the next job",
            timeout);
        Assert.That(await echo, Is.EqualTo("on"));
    }
}
