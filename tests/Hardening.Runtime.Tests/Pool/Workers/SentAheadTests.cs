using System.Text;
using Hardening.Pool;

namespace Hardening.Runtime.Tests.Pool.Workers;

/// <summary>Jobs that are submitted while all workers are at work on tiny ones: they are sent ahead by whoever submits them.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SentAheadTests : IAsyncDisposable
{
    private static readonly TimeSpan Tiny = TimeSpan.FromMicroseconds(10);
    private static readonly TimeSpan UntilChecked = TimeSpan.FromMilliseconds(5); // the monitor looks every 2 ms

    private readonly ManualTimeProvider _time = new();
    private HeldWorkers _workers = new();
    private ProcessPool? _pool;

    private ProcessPoolStatistics Now => _pool!.Statistics;

    public async ValueTask DisposeAsync()
    {
        if (_pool is not null)
        {
            var stop = _pool.DisposeAsync().AsTask();
            await Eventually.HoldsAsync(() => IsStopped(stop), "the pool has ended", CancellationToken.None);
            await stop;
            var end = _pool.Statistics;
            Assert.That(end.Submitted, Is.EqualTo(end.Succeeded + end.Failed + end.TimedOut + end.Cancelled + end.Rejected), $"the counts do not add up: {end}");
        }

        _workers.Dispose();
    }

    [TestCase(10, 8)]
    [TestCase(50, 4)]
    [TestCase(100, 2)]
    [TestCase(1000, 1)]
    public async Task As_many_go_ahead_as_make_200_microseconds_of_work(int microseconds, int expected, CancellationToken timeout)
    {
        var worker = await StartAsync(TimeSpan.FromMicroseconds(microseconds), timeout);

        var jobs = Submit(8);

        Assert.That((Now.Running, Now.Queued), Is.EqualTo(((long)expected, 8L - expected)));
        await AnswerAllAsync(worker, jobs, timeout);
    }

    [Test]
    public async Task A_worker_of_which_nothing_is_known_gets_none_ahead(CancellationToken timeout)
    {
        await StartAsync(o => o.Workers = 1, timeout);
        var worker = await _workers.NextAsync(timeout);

        var jobs = Submit(2);

        Assert.That((Now.Running, Now.Queued), Is.EqualTo((1L, 1L)));
        await AnswerAllAsync(worker, jobs, timeout);
    }

    [Test]
    public async Task Nothing_is_sent_behind_a_job_that_has_run_for_long_and_nothing_past_those_that_wait(CancellationToken timeout)
    {
        var worker = await StartAsync(Tiny, timeout);

        var jobs = Submit(2);
        _time.Advance(TimeSpan.FromMicroseconds(250)); // less than what has jobs taken back
        jobs = [.. jobs, .. Submit(2, from: 2)];
        Assert.That((Now.Running, Now.Queued), Is.EqualTo((2L, 2L)));

        Assert.That(worker.Take(), Is.EqualTo("0"));
        worker.Answer();
        await jobs[0];
        jobs = [.. jobs, .. Submit(2, from: 4)];

        await AnswerAllAsync(worker, jobs[1..], timeout, from: 1);
    }

    [Test]
    public async Task What_waits_behind_a_job_that_turns_out_long_goes_to_another_worker(CancellationToken timeout)
    {
        await StartAsync(o => o.Workers = 2, timeout);
        var (one, other) = (await _workers.NextAsync(timeout), await _workers.NextAsync(timeout));
        await WarmUpAsync([one, other], Tiny);
        var jobs = Submit(4); // two for each
        Assert.That((Now.Running, Now.Queued), Is.EqualTo((4L, 0L)));
        var began = int.Parse(one.Take()!, null);

        for (var i = 0; i < 2; i++)
        {
            Assert.That(other.Take(), Is.Not.Null);
            other.Answer();
        }

        await Eventually.HoldsAsync(() => Now.Running == 2, "the other is idle", timeout);
        _time.Advance(UntilChecked);

        Assert.That(other.Take(), Is.Not.Null, "The job was not taken back.");
        other.Answer();
        await Task.WhenAll(jobs.Where((_, number) => number != began)).WaitAsync(timeout);
        Assert.That(one.TakeNow(), Is.Null);
        one.Answer();
        await jobs[began];
    }

    [Test]
    public async Task What_was_sent_ahead_to_a_worker_that_ends_is_done_by_another_without_blame(CancellationToken timeout)
    {
        await StartAsync(o => (o.Workers, o.SpareWorkers, o.PoisonAfter) = (1, 1, 1), timeout);
        var workers = new[] { await _workers.NextAsync(timeout), await _workers.NextAsync(timeout) };
        var warm = RunAsync("warm", timeout);
        HeldWorker? at = null;
        await Eventually.HoldsAsync(() => (at = workers.FirstOrDefault(worker => worker.TakeNow() is not null)) is not null, "one has the job", timeout);
        at!.Answer();
        await warm;
        var jobs = Submit(3);
        Assert.That(at.Take(), Is.EqualTo("0"));

        Signals.Send("KILL", at.ProcessId);

        await Assert.ThatAsync(() => jobs[0], Throws.TypeOf<PoisonJobException>()); // one end is enough here
        await AnswerAllAsync(workers.Single(worker => worker != at), jobs[1..], timeout, from: 1);
        Assert.That((Now.Succeeded, Now.Failed, Now.Retries), Is.EqualTo((3L, 1L, 0L)));
    }

    [Test]
    public async Task One_that_is_cancelled_ahead_is_never_begun_and_takes_no_room(CancellationToken timeout)
    {
        var worker = await StartAsync(TimeSpan.FromMicroseconds(100), timeout); // two at a time
        using var cancel = new CancellationTokenSource();
        var first = Submit(1)[0];
        var second = RunAsync("cancelled", cancel.Token);
        Assert.That(Now.Running, Is.EqualTo(2));

        await cancel.CancelAsync();
        await Assert.ThatAsync(() => second, Throws.InstanceOf<OperationCanceledException>());
        var third = Submit(1, from: 1)[0];

        Assert.That((Now.Running, Now.Queued, Now.Cancelled), Is.EqualTo((2L, 0L, 1L)));
        await AnswerAllAsync(worker, [first, third], timeout);
        Assert.That(Now.Running, Is.Zero);
        await AnswerAllAsync(worker, Submit(2), timeout); // it is idle again, and as good as before
    }

    [Test]
    public async Task An_answer_that_was_announced_to_nobody_is_told_when_the_next_job_takes_long(CancellationToken timeout)
    {
        var worker = await StartAsync(Tiny, timeout);
        var jobs = Submit(2);
        Assert.That(worker.Take(), Is.EqualTo("0"));
        var first = worker.Job;
        Assert.That(worker.Take(), Is.EqualTo("1"));
        worker.Answer(first, isAnnounced: false);

        _time.Advance(UntilChecked);

        await jobs[0].WaitAsync(TimeSpan.FromSeconds(4), timeout); // a ring looks by itself every 5 s
        worker.Answer();
        await jobs[1];
    }

    [Test]
    public async Task A_caller_on_its_thread_receives_its_own_answer_and_leaves_those_behind_it_to_others(CancellationToken timeout)
    {
        var worker = await StartAsync(Tiny, timeout);
        for (var i = 0; i < 200; i++)
        {
            var calls = new[] { Call(), Submit(1)[0], Call() };
            await Eventually.HoldsAsync(() => Now.Running == 3, "all were sent", timeout);
            for (var answers = 0; answers < 3; answers++)
            {
                Assert.That(worker.Take(), Is.Not.Null);
                worker.Answer();
            }

            await Task.WhenAll(calls).WaitAsync(timeout);
        }

        Task<string> Call() => Task.Factory.StartNew(() =>
        {
            using var result = _pool!.Run("call"u8.ToArray());
            return Encoding.UTF8.GetString(result.Payload);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Test]
    public async Task A_worker_gets_no_more_jobs_than_its_share(CancellationToken timeout)
    {
        await StartAsync(o => (o.Workers, o.MaxJobsPerWorker, o.RecycleJitter) = (1, 5, 0), timeout);
        var worker = await _workers.NextAsync(timeout);
        await WarmUpAsync([worker], Tiny);

        var jobs = Submit(8);
        Assert.That((Now.Running, Now.Queued), Is.EqualTo((4L, 4L)));
        for (var i = 0; i < 4; i++)
        {
            Assert.That(worker.Take(), Is.EqualTo($"{i}"));
            worker.Answer();
        }

        await worker.AskedAsync(timeout);
        Signals.Send("KILL", worker.ProcessId);
        var next = await _workers.NextAsync(timeout);
        await AnswerAllAsync(next, jobs[4..], timeout, from: 4);
        Assert.That(Now.Succeeded, Is.EqualTo(9));
        await Eventually.HoldsAsync(() => Now.Recycles == 1, "the end of the first worker is noted, while the next one works", timeout);
    }

    [Test]
    public async Task Those_that_find_no_room_in_the_ring_wait_again_as_often_as_it_takes(CancellationToken timeout)
    {
        _workers.Dispose();
        _workers = new HeldWorkers(ringBytes: 16 << 10);
        await StartAsync(o => (o.Workers, o.QueueCapacity) = (1, 100), timeout);
        var worker = await _workers.NextAsync(timeout);
        await WarmUpAsync([worker], Tiny / 10);

        var jobs = Enumerable.Range(0, 60).Select(number => RunAsync($"{number}".PadRight(7000))).ToArray(); // two fit

        for (var i = 0; i < jobs.Length; i++)
        {
            Assert.That(worker.Take()?.TrimEnd(), Is.EqualTo($"{i}"));
            worker.Answer();
            await jobs[i].WaitAsync(timeout);
        }
    }

    private async Task<HeldWorker> StartAsync(TimeSpan jobTime, CancellationToken timeout)
    {
        await StartAsync(o => o.Workers = 1, timeout);
        var worker = await _workers.NextAsync(timeout);
        await WarmUpAsync([worker], jobTime);
        return worker;
    }

    private async Task StartAsync(Action<ProcessPoolOptions> configure, CancellationToken timeout)
    {
        var options = new ProcessPoolOptions { SpareWorkers = 0, RecycleJitter = 0 };
        configure(options);
        _pool = new ProcessPool("test", _workers, options, _time);
        await _pool.StartAsync(timeout);
    }

    private bool IsStopped(Task stop)
    {
        _workers.End();
        return stop.IsCompleted;
    }

    // One job for each, which takes this long: what the pool knows of them.
    private async Task WarmUpAsync(HeldWorker[] workers, TimeSpan jobTime)
    {
        var jobs = workers.Select(_ => RunAsync("warm")).ToArray();
        foreach (var worker in workers)
        {
            Assert.That(worker.Take(), Is.EqualTo("warm"));
        }

        _time.Advance(jobTime);
        foreach (var worker in workers)
        {
            worker.Answer();
        }

        await Task.WhenAll(jobs);
    }

    private Task<string>[] Submit(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(number => RunAsync($"{number}"))];

    private async Task<string> RunAsync(string request, CancellationToken cancellation = default)
    {
        using var result = await _pool!.RunAsync(Encoding.UTF8.GetBytes(request), default, cancellation);
        return Encoding.UTF8.GetString(result.Payload);
    }

    private static async Task AnswerAllAsync(HeldWorker worker, Task<string>[] jobs, CancellationToken timeout, int from = 0)
    {
        for (var i = 0; i < jobs.Length; i++)
        {
            Assert.That(worker.Take(), Is.EqualTo($"{from + i}"));
            worker.Answer();
        }

        Assert.That(await Task.WhenAll(jobs).WaitAsync(timeout), Is.All.EqualTo("done"));
    }
}
