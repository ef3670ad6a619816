using Hardening.Pool;
using Hardening.Pool.Jobs;

namespace Hardening.Runtime.Tests.Pool.Jobs;

/// <summary>The queue of a pool whose workers are all busy: what comes waits, and leaves by other ways than a worker.</summary>
public sealed class JobDispatcherTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly JobCache _cache = new(bound: 0);

    [Test]
    public void A_full_queue_rejects_where_it_is_told_to()
    {
        var dispatcher = Dispatcher(capacity: 2, PoolFullMode.Reject);
        var jobs = Submit(dispatcher, 3);

        Assert.That(() => jobs[2].Finish(), Throws.TypeOf<PoolFullException>().With.Property("Capacity").EqualTo(2).And.Property("IsDropped").False);
        Assert.That(dispatcher.Counts, Is.EqualTo(new JobCounts(3, 0, 0, 0, 0, Rejected: 1, Queued: 2, Running: 0)));
    }

    [Test]
    public void A_full_queue_drops_the_oldest_where_it_is_told_to()
    {
        var dispatcher = Dispatcher(capacity: 2, PoolFullMode.DropOldest);
        var jobs = Submit(dispatcher, 3);

        Assert.That(() => jobs[0].Finish(), Throws.TypeOf<PoolFullException>().With.Property("IsDropped").True);
        Assert.That(jobs[1..].Select(job => job.Phase), Is.All.EqualTo(JobPhase.Queued));
        Assert.That(dispatcher.Counts, Is.EqualTo(new JobCounts(3, 0, 0, 0, 0, Rejected: 1, Queued: 2, Running: 0)));
    }

    [Test]
    public void What_finds_the_queue_full_waits_for_a_place_and_moves_up_when_a_queued_job_is_cancelled()
    {
        var dispatcher = Dispatcher(capacity: 1, PoolFullMode.Wait);
        var jobs = Submit(dispatcher, 3);
        Assert.That(jobs.Select(job => job.Phase), Is.EqualTo((JobPhase[])[JobPhase.Queued, JobPhase.Waiting, JobPhase.Waiting]));

        Assert.That(dispatcher.TryEnd(jobs[0], JobEnd.Cancelled, new OperationCanceledException(), out var wasRunning), Is.True);

        Assert.That(wasRunning, Is.False);
        Assert.That(jobs.Select(job => job.Phase), Is.EqualTo((JobPhase[])[JobPhase.Ended, JobPhase.Queued, JobPhase.Waiting]));
        Assert.That(dispatcher.Counts, Is.EqualTo(new JobCounts(3, 0, 0, 0, Cancelled: 1, 0, Queued: 2, Running: 0)));
    }

    [Test]
    public void A_job_ends_once()
    {
        var dispatcher = Dispatcher(capacity: 1, PoolFullMode.Wait);
        var job = Submit(dispatcher, 1)[0];

        Assert.That(dispatcher.TryEnd(job, JobEnd.Cancelled, new OperationCanceledException(), out _), Is.True);
        Assert.That(dispatcher.TryEnd(job, JobEnd.Failed, new IOException(), out _), Is.False);

        Assert.That(() => job.Finish(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(dispatcher.Counts.Cancelled, Is.EqualTo(1));
        Assert.That(dispatcher.Counts.Failed, Is.Zero);
    }

    [Test]
    public void Refusing_ends_all_that_wait_with_the_reason_and_taking_again_takes()
    {
        var dispatcher = Dispatcher(capacity: 1, PoolFullMode.Wait);
        var jobs = Submit(dispatcher, 3);
        var why = new PoolUnavailableException("line", 5, new IOException("no interpreter"));

        dispatcher.Refuse(why);
        var late = Submit(dispatcher, 1)[0];
        dispatcher.Refuse(null);
        var after = Submit(dispatcher, 1)[0];

        foreach (var job in jobs.Append(late))
        {
            Assert.That(() => job.Finish(), Throws.Exception.SameAs(why));
        }

        Assert.That(after.Phase, Is.EqualTo(JobPhase.Queued));
        Assert.That(dispatcher.Counts, Is.EqualTo(new JobCounts(5, 0, 0, 0, 0, Rejected: 4, Queued: 1, Running: 0)));
    }

    [Test]
    public void Is_drained_when_it_stops_and_the_last_job_has_ended()
    {
        var dispatcher = Dispatcher(capacity: 4, PoolFullMode.Wait);
        var job = Submit(dispatcher, 1)[0];

        dispatcher.Stop(new PoolUnavailableException("line"));
        Assert.That(dispatcher.Drained.IsCompleted, Is.False);
        dispatcher.TryEnd(job, JobEnd.Cancelled, new OperationCanceledException(), out _);

        Assert.That(dispatcher.Drained.IsCompleted, Is.True);
        Assert.That(() => Submit(dispatcher, 1)[0].Finish(), Throws.TypeOf<PoolUnavailableException>());
    }

    [Test]
    public void Jobs_of_a_map_take_no_place_of_the_queue_and_one_that_brings_a_refusal_is_counted()
    {
        var dispatcher = Dispatcher(capacity: 1, PoolFullMode.Reject);
        var sink = new Sink();
        var jobs = Enumerable.Range(0, 3).Select(_ => new SinkJob(sink)).ToArray();
        foreach (var job in jobs)
        {
            job.Prepare(default, default(JobLimits));
        }

        jobs[1].Failure = new FormatException();
        dispatcher.SubmitBulk(jobs);
        var single = Submit(dispatcher, 1)[0];

        Assert.That(sink.Ended, Is.EqualTo((SinkJob[])[jobs[1]]));
        Assert.That(single.Phase, Is.EqualTo(JobPhase.Queued));
        Assert.That(dispatcher.Counts, Is.EqualTo(new JobCounts(4, 0, 0, 0, 0, Rejected: 1, Queued: 3, Running: 0)));
    }

    private JobDispatcher Dispatcher(int capacity, PoolFullMode mode) => new("line", capacity, mode, _time);

    private AwaitedJob[] Submit(JobDispatcher dispatcher, int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var job = new AwaitedJob(_cache);
        job.Prepare(default, default(JobLimits));
        job.Prepare(isWaitedFor: true, CancellationToken.None);
        Assert.That(dispatcher.Submit(job), Is.Null);
        return job;
    })];

    private sealed class Sink : IJobSink
    {
        public List<SinkJob> Ended { get; } = [];

        public void Completed(SinkJob job) => Ended.Add(job);

        public void Free(SinkJob job)
        {
        }
    }
}
