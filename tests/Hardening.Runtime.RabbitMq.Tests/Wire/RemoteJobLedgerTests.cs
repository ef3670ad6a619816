using Hardening.Pool.Caller;

namespace Hardening.Runtime.RabbitMq.Tests.Wire;

public sealed class RemoteJobLedgerTests
{
    private readonly List<RemoteJob> _released = [];

    [Test]
    public void Each_job_ends_once_and_the_counts_add_up()
    {
        var ledger = Make();
        var random = new Random(4711);
        var ends = Enum.GetValues<RemoteJobState>().Where(state => state > RemoteJobState.Pending).ToArray();
        List<RemoteJob> jobs = [];
        for (var i = 0; i < 2000; i++)
        {
            var job = Job();
            jobs.Add(job);
            Assert.That(ledger.TrySubmit(job));
            ledger.Enqueue(job);
            var other = jobs[random.Next(jobs.Count)];
            switch (random.Next(4))
            {
                case 0:
                    ledger.Accept(other);
                    break;
                case 1:
                    ledger.TryEnd(other, ends[random.Next(ends.Length)], new InvalidOperationException("ended"));
                    break;
                case 2:
                    ledger.Restore(other);
                    break;
                default:
                    ledger.Answer(ledger.Find(other.Id), other.Id, Guid.NewGuid(), RemoteJobState.Succeeded, [], null);
                    break;
            }

            var now = ledger.Statistics;
            Assert.That(now.Submitted, Is.EqualTo(now.Succeeded + now.Failed + now.TimedOut + now.Cancelled + now.Rejected + now.DeadLettered + now.Buffered + now.Pending), $"{now}");
        }

        ledger.Stop();
        Assert.That(ledger.TrySubmit(Job()), Is.False);
        Assert.That(ledger.Drained.IsCompleted, Is.False);
        foreach (var job in ledger.Left())
        {
            ledger.TryEnd(job, RemoteJobState.Failed, new InvalidOperationException("stopped"));
        }

        Assert.That(ledger.Drained.IsCompletedSuccessfully);
        Assert.That(jobs, Has.All.Property("Completion").Property("IsCompleted").True);
        Assert.That(jobs.Select(job => job.Completion.Exception), Has.Some.Not.Null, "and what failed has been looked at");
    }

    [Test, CancelAfter(60_000)]
    public async Task What_is_sent_again_goes_first_and_what_has_ended_is_not_sent(CancellationToken timeout)
    {
        var ledger = Make();
        RemoteJob[] jobs = [Job(), Job(), Job()];
        foreach (var job in jobs)
        {
            ledger.TrySubmit(job);
            ledger.Enqueue(job);
        }

        var first = await ledger.TakeAsync(timeout);
        Assert.That(first, Is.SameAs(jobs[0]));
        Assert.That(ledger.TrySend(first));
        ledger.TryEnd(jobs[1], RemoteJobState.Cancelled, new OperationCanceledException());
        ledger.Restore(first);
        Assert.That(await ledger.TakeAsync(timeout), Is.SameAs(first));
        Assert.That(ledger.TrySend(first));
        Assert.That(ledger.Statistics.Republished, Is.EqualTo(1));
        ledger.NoteRefused(first);
        Assert.That(ledger.TrySend(first));
        Assert.That(ledger.Statistics.Republished, Is.EqualTo(1), "what was refused was not sent");
        Assert.That(await ledger.TakeAsync(timeout), Is.SameAs(jobs[2]));
        Assert.That(ledger.TrySend(jobs[1]), Is.False);
        Assert.That(jobs[1].Completion.IsFaulted);
    }

    [Test]
    public void A_second_answer_is_told_from_the_same_one_and_from_a_late_one()
    {
        var ledger = Make(remembered: 2);
        var (answered, cancelled, other) = (Job(), Job(), Job());
        ledger.TrySubmit(answered);
        ledger.TrySubmit(cancelled);
        ledger.TrySubmit(other);
        var answer = Guid.NewGuid();
        Assert.That(Answer(answered, answer), Is.EqualTo(AnswerUse.Taken));
        ledger.TryEnd(cancelled, RemoteJobState.Cancelled, new OperationCanceledException());
        Assert.That((Answer(answered, answer), Answer(answered, Guid.NewGuid()), Answer(cancelled, Guid.NewGuid())), Is.EqualTo((AnswerUse.Repeated, AnswerUse.Duplicate, AnswerUse.Late)));
        Assert.That(Answer(other, Guid.NewGuid()), Is.EqualTo(AnswerUse.Taken));
        Assert.That(Answer(answered, Guid.NewGuid()), Is.EqualTo(AnswerUse.Unclaimed), "the oldest is forgotten");
        Assert.That(ledger.Statistics, Has.Property("Duplicates").EqualTo(1).And.Property("Late").EqualTo(1).And.Property("Unclaimed").EqualTo(1));
        Assert.That(cancelled.Completion.IsFaulted);

        AnswerUse Answer(RemoteJob job, Guid id) => ledger.Answer(ledger.Find(job.Id), job.Id, id, RemoteJobState.Succeeded, [], null);
    }

    private RemoteJobLedger Make(int remembered = 10_000) => new(remembered) { Released = _released.Add, Ended = static _ => { } };

    private static RemoteJob Job() => new(Guid.NewGuid(), null, TimeSpan.FromMinutes(1));
}
