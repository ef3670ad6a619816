using System.Text;
using Hardening.Pool;
using Hardening.Pool.Wire;
using RabbitMQ.Client;

namespace Hardening.Runtime.RabbitMq.Tests.Wire;

public sealed class AnswerMessageTests
{
    private static readonly PoolQueues Queues = new("inspect", new RabbitPoolOptions());
    private static readonly RemoteFailure Failure = new() { Type = "ValueError", Message = "no part", Trace = "line 3", Host = "north", ProcessId = 4711, Attempts = 3, TimeoutSeconds = 1.5 };

    [Test]
    public void What_is_written_is_read()
    {
        var answer = new AnswerMessage(Guid.NewGuid(), Guid.NewGuid(), "part 4711", AnswerOutcome.Succeeded, "result"u8.ToArray());
        Assert.That(AnswerMessage.TryRead(answer.ToProperties(), answer.Body, 1000, out var read, out var error), error);
        Assert.That(read, Is.EqualTo(answer));
        Assert.That(read!.ToException("inspect", null, TimeSpan.Zero, Queues), Is.Null);
        Assert.That(AnswerMessage.TryRead(answer.ToProperties(), answer.Body, 5, out _, out error), Is.False);
        Assert.That(error, Does.Contain("MaxMessageBytes"));
    }

    [Test]
    public void Each_way_of_failing_is_the_exception_that_the_pool_throws()
    {
        Assert.That(Thrown(AnswerOutcome.Failed, Failure), Is.TypeOf<JobFailedException>().With.Property("ErrorType").EqualTo("ValueError").And.Property("WorkerTrace").EqualTo("line 3").And.Property("ProcessId").EqualTo(4711));
        Assert.That(Thrown(AnswerOutcome.TimedOut, Failure), Is.TypeOf<JobTimedOutException>().With.Property("Timeout").EqualTo(TimeSpan.FromSeconds(1.5)));
        Assert.That(Thrown(AnswerOutcome.Expired, Failure), Is.TypeOf<JobExpiredException>().With.Property("Deadline").EqualTo(TimeSpan.FromSeconds(7)));
        Assert.That(Thrown(AnswerOutcome.DeadLettered, Failure with { Type = DeadReasons.WorkerEnded }), Is.TypeOf<PoisonJobException>().With.Property("Deaths").EqualTo(3).And.InnerException.TypeOf<JobDeadLetteredException>());
        Assert.That(
            Thrown(AnswerOutcome.DeadLettered, Failure with { Type = DeadReasons.Checksum }),
            Is.TypeOf<JobDeadLetteredException>().With.Message.Contains("hardening.pool.inspect.dead").And.Message.Contains("north").And.Message.Contains("no part"));
    }

    [TestCase(DeadReasons.WorkerEnded, 3, "it was given to them 3 times,", "(MaxDeliveries)")]
    [TestCase(DeadReasons.DeliveryLimit, 3, "it was given to them 3 times,", "(MaxDeliveries)")]
    [TestCase(DeadReasons.WorkerEnded, 1, "it was given to them 1 time,", "(MaxAttempts of the job)")]
    [TestCase(DeadReasons.Quarantined, 1, "the process pool of host 'north' does not take it,", "(PoisonAfter)")]
    public void A_job_that_ends_workers_is_told_with_the_limit_that_it_met(string reason, int attempts, string why, string option)
    {
        var thrown = Thrown(AnswerOutcome.DeadLettered, Failure with { Type = reason, Attempts = attempts })!;
        Assert.That(thrown, Is.TypeOf<PoisonJobException>().With.Property("Key").EqualTo("k").And.Property("PoolName").EqualTo("inspect").And.Property("Deaths").EqualTo(attempts));
        Assert.That(thrown.Message, Does.StartWith("The job 'k' of pool 'inspect'").And.Contain(why).And.Contain(option).And.EndWith($"it lies in the queue '{Queues.Dead}'."));
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("{\"type\":null}")]
    [TestCase("{\"type\":\"x\",\"processId\":\"many\"}")]
    [TestCase("{\"timeoutSeconds\":1e999,\"attempts\":-5}")]
    public void A_failure_that_cannot_be_read_is_a_failure_still(string body)
    {
        var answer = new AnswerMessage(Guid.NewGuid(), Guid.NewGuid(), "", AnswerOutcome.TimedOut, Encoding.UTF8.GetBytes(body));
        foreach (var outcome in Enum.GetValues<AnswerOutcome>().Where(outcome => outcome != AnswerOutcome.Succeeded))
        {
            Assert.That((answer with { Outcome = outcome }).ToException("inspect", null, TimeSpan.Zero, Queues), Is.Not.Null);
        }
    }

    [Test]
    public void A_failure_with_much_to_say_is_cut()
    {
        var read = RemoteFailure.TryRead((Failure with { Message = new string('m', 1_000_000), Trace = new string('t', 1_000_000) }).ToBytes())!;
        Assert.That((read.Message.Length, read.Trace.Length), Is.EqualTo((8 << 10, 64 << 10)));
    }

    [Test]
    public void What_is_no_answer_is_said_to_be_none()
    {
        var good = new AnswerMessage(Guid.NewGuid(), Guid.NewGuid(), "k", AnswerOutcome.Succeeded, default).ToProperties();
        foreach (var damage in new Action<BasicProperties>[]
        {
            properties => properties.Type = "other",
            properties => properties.CorrelationId = "nothing",
            properties => properties.Headers = null,
            properties => properties.Headers![WireNames.Outcome] = "well",
            properties => properties.Headers![WireNames.Answer] = 5,
            properties => properties.Headers![WireNames.VersionHeader] = 2,
        })
        {
            var properties = new BasicProperties(good) { Headers = new Dictionary<string, object?>(good.Headers!) };
            damage(properties);
            Assert.That(AnswerMessage.TryRead(properties, default, 1000, out _, out var error), Is.False);
            Assert.That(error, Is.Not.Empty);
        }
    }

    private static Exception? Thrown(AnswerOutcome outcome, RemoteFailure failure) =>
        new AnswerMessage(Guid.NewGuid(), Guid.NewGuid(), "k", outcome, failure.ToBytes()).ToException("inspect", "k", TimeSpan.FromSeconds(7), Queues);
}
