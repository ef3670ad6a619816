namespace Hardening.Pool.Tests;

/// <summary>More jobs than workers.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class QueueTests : IDisposable
{
    private readonly Marks _marks = new();

    public void Dispose() => _marks.Dispose();

    [Test]
    public async Task A_full_queue_rejects_where_that_is_asked_for(CancellationToken timeout)
    {
        await using var pool = await BusyAsync(PoolFullMode.Reject, timeout);
        using var cancel = new CancellationTokenSource();
        var queued = pool.RunAsync("echo queued", default, cancel.Token);
        var failure = await Assert.ThrowsAsync<PoolFullException>(() => pool.RunAsync("echo rejected", default, timeout));
        Assert.That((failure!.Capacity, failure.IsDropped), Is.EqualTo((1, false)));
        Assert.That((pool.Statistics.Rejected, pool.Statistics.Queued, pool.Statistics.Running), Is.EqualTo((1L, 1L, 1L)));
        await cancel.CancelAsync(); // makes room
        await Assert.CatchAsync<OperationCanceledException>(() => queued);
        var next = pool.RunAsync("echo next", default, timeout);
        await pool.QueuedAsync(1, timeout);
        await pool.Pool.DisposeAsync();
        await Assert.CatchAsync<PoolUnavailableException>(() => next);
    }

    [Test]
    public async Task The_oldest_makes_room_where_that_is_asked_for(CancellationToken timeout)
    {
        await using var pool = await BusyAsync(PoolFullMode.DropOldest, timeout);
        var oldest = pool.RunAsync("echo oldest", default, timeout);
        var newest = pool.RunAsync("echo newest", default, timeout);
        var failure = await Assert.ThrowsAsync<PoolFullException>(() => oldest);
        Assert.That(failure!.IsDropped);
        Assert.That((pool.Statistics.Rejected, pool.Statistics.Queued), Is.EqualTo((1L, 1L)));
        Signals.Send("KILL", await Marks.MadeAsync(_blocker, timeout));
        Assert.That(await newest, Is.EqualTo("newest"));
    }

    [Test]
    public async Task Callers_wait_for_room_in_their_order_and_can_give_up(CancellationToken timeout)
    {
        await using var pool = await BusyAsync(PoolFullMode.Wait, timeout);
        using var cancel = new CancellationTokenSource();
        var first = pool.RunAsync("echo 1", default, timeout);
        var second = pool.RunAsync("echo 2", default, cancel.Token);
        var third = pool.RunAsync("echo 3", default, timeout);
        await pool.QueuedAsync(3, timeout);
        await cancel.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => second);
        Signals.Send("KILL", await Marks.MadeAsync(_blocker, timeout));
        Assert.That((await first, await third), Is.EqualTo(("1", "3")));
    }

    [Test]
    public async Task Jobs_are_done_in_the_order_of_their_coming(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 1);
        var counts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => pool.RunAsync("count", default, timeout)));
        Assert.That(counts, Is.EqualTo(Enumerable.Range(1, 50).Select(i => $"{i}")));
    }

    [TestCase(0.0)]
    [TestCase(0.5)]
    public async Task Workers_are_replaced_after_their_share_of_jobs_and_none_is_lost(double jitter, CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.MaxJobsPerWorker, options.RecycleJitter, options.SpareWorkers) = (10, jitter, 1));
        var counts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => pool.RunAsync("count", default, timeout)));
        Assert.That(counts.Select(int.Parse), Has.All.LessThanOrEqualTo(10 * (1 + jitter)));
        await Eventually.HoldsAsync(() => pool.Statistics.Recycles >= 5, $"workers were replaced: {pool.Statistics}", timeout);
        Assert.That((pool.Statistics.Failed, pool.Statistics.Kills, pool.Statistics.Restarts), Is.EqualTo((0L, 0L, 0L)));
    }

    [Test]
    public async Task The_pool_finishes_what_it_accepted_and_takes_no_more(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        var jobs = Enumerable.Range(0, 20).Select(i => pool.RunAsync("sleep 0.02", default, timeout)).ToList();
        var stop = pool.Pool.StopAsync(timeout);
        Exception? refusal = null;
        while (refusal is null)
        {
            try
            {
                await pool.RunAsync("echo early", default, timeout);
            }
            catch (PoolUnavailableException e)
            {
                refusal = e;
            }
        }

        Assert.That(((PoolUnavailableException)refusal).IsStopped);
        Assert.That(await Task.WhenAll(jobs), Has.All.EqualTo("slept"));
        await stop;
        await Assert.ThrowsAsync<PoolUnavailableException>(() => pool.RunAsync("echo late", default, timeout));
    }

    [Test]
    public async Task What_is_not_done_in_time_is_ended(CancellationToken timeout)
    {
        await using var pool = await BusyAsync(PoolFullMode.Wait, timeout);
        var waiting = pool.RunAsync("echo waiting", default, timeout);
        await pool.Pool.StopAsync(new CancellationToken(canceled: true));
        Assert.That(pool.Statistics.ReadyWorkers, Is.Zero);
        await Assert.CatchAsync<PoolUnavailableException>(() => waiting);
        var failure = await Assert.CatchAsync(() => _running!);
        Assert.That(failure, Is.InstanceOf<PoolUnavailableException>().Or.InstanceOf<WorkerExitedException>());
    }

    [Test]
    public async Task A_stop_that_waits_for_jobs_is_cut_short_by_one_that_does_not(CancellationToken timeout)
    {
        await using var pool = await BusyAsync(PoolFullMode.Wait, timeout);
        var stop = pool.Pool.StopAsync(timeout);
        await pool.Pool.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), timeout); // the job would take for ever
        await stop;
        await Assert.CatchAsync(() => _running!);
    }

    [Test]
    public async Task A_pool_that_was_not_started_says_so(CancellationToken timeout)
    {
        await using var pool = TestPool.Make();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => pool.RunAsync("echo", default, timeout));
        Assert.That(failure!.Message, Does.Contain("StartAsync"));
    }

    [Test]
    public async Task Waiting_callers_on_their_own_threads_are_served_too(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        var answers = new System.Collections.Concurrent.ConcurrentBag<string>();
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                using var result = pool.Pool.Run(System.Text.Encoding.UTF8.GetBytes($"echo {number}.{i}"), default, timeout);
                answers.Add(System.Text.Encoding.UTF8.GetString(result.Payload));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        await Eventually.HoldsAsync(() => threads.All(thread => !thread.IsAlive), "all are done", timeout);
        Assert.That(answers, Is.Unique.And.Count.EqualTo(200));
    }

    private string _blocker = "";
    private Task<string>? _running;

    // One worker with a job that never ends, and room for one more.
    private async Task<TestPool> BusyAsync(PoolFullMode mode, CancellationToken timeout)
    {
        var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.QueueCapacity, options.WhenFull) = (1, 1, mode));
        _blocker = _marks.Next();
        _running = pool.RunAsync($"hang {_blocker}", default, timeout);
        _ = _running.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        pool.Note(await Marks.MadeAsync(_blocker, timeout));
        return pool;
    }
}
