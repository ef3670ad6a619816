using Hardening.Pool.Jobs;

namespace Hardening.Runtime.Tests.Pool.Jobs;

public sealed class JobLaneTests
{
    private readonly JobLane _lane = new();
    private readonly JobCache _cache = new(bound: 0);

    [Test]
    public void Gives_jobs_in_the_order_of_their_coming_and_those_that_come_back_first()
    {
        var jobs = Enumerable.Range(0, 40).Select(_ => Queued()).ToArray();
        foreach (var job in jobs[1..])
        {
            _lane.AddLast(job);
        }

        _lane.AddFirst(jobs[0]);

        Assert.That(TakeAll(), Is.EqualTo(jobs));
    }

    [Test]
    public void Counts_and_gives_only_those_that_have_not_ended()
    {
        var jobs = Enumerable.Range(0, 5).Select(_ => Queued()).ToArray();
        foreach (var job in jobs)
        {
            _lane.AddLast(job);
        }

        foreach (var job in (PoolJob[])[jobs[0], jobs[2], jobs[4]])
        {
            job.Phase = JobPhase.Ended;
            _lane.NoteEnded();
        }

        Assert.That(_lane.Count, Is.EqualTo(2));
        Assert.That(TakeAll(), Is.EqualTo((PoolJob[])[jobs[1], jobs[3]]));
        Assert.That(_lane.Count, Is.Zero);
    }

    [Test]
    public void Does_not_grow_by_jobs_that_have_ended()
    {
        var first = Queued();
        _lane.AddLast(first);
        for (var i = 0; i < 100_000; i++)
        {
            var job = Queued();
            _lane.AddLast(job);
            job.Phase = JobPhase.Ended;
            _lane.NoteEnded();
        }

        Assert.That(_lane.Places, Is.LessThanOrEqualTo(16));
        Assert.That(TakeAll(), Is.EqualTo((PoolJob[])[first]));
    }

    private AwaitedJob Queued() => new(_cache) { Phase = JobPhase.Queued };

    private List<PoolJob> TakeAll()
    {
        List<PoolJob> taken = [];
        while (_lane.TryTake(out var job))
        {
            taken.Add(job);
        }

        return taken;
    }
}
