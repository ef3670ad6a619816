using Hardening.Pool.Wire;
using RabbitMQ.Client;

namespace Hardening.Runtime.RabbitMq.Tests.Wire;

public sealed class JobMessageTests
{
    private static readonly JobMessage Full = new()
    {
        Id = Guid.NewGuid(), Key = "part 4711", ReplyTo = "answers", Deadline = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_123), Remaining = TimeSpan.FromSeconds(90), SoftTimeout = TimeSpan.FromSeconds(5),
        MaxAttempts = 2, EarlierAttempts = 1, Frames = 3, TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState = "vendor=1",
    };

    [Test]
    public void What_is_written_is_read()
    {
        Assert.That(JobMessage.TryRead(Full.ToProperties(), out var read, out var error), error);
        Assert.That(read, Is.EqualTo(Full));
        Assert.That(read.TryGetTrace(out var trace) && trace.IsRemote && trace.TraceState == "vendor=1");
        var plain = new JobMessage { Id = Guid.NewGuid(), Deadline = DateTimeOffset.UnixEpoch, Remaining = TimeSpan.FromMilliseconds(1) };
        Assert.That(JobMessage.TryRead(plain.ToProperties(), out read, out error), error);
        Assert.That((read, read.Key, read.Attempt), Is.EqualTo((plain, (string?)null, 1)));
    }

    [Test]
    public void Deliveries_of_the_broker_are_attempts_too()
    {
        var properties = Full.ToProperties();
        properties.Headers![WireNames.DeliveryCount] = 4L;
        JobMessage.TryRead(properties, out var read, out _);
        Assert.That(read.Attempt, Is.EqualTo(1 + 4 + 1));
    }

    [Test]
    public void Nothing_that_a_peer_writes_is_more_than_an_error()
    {
        object?[] values = [null, true, -1, long.MinValue, long.MaxValue, 1.5, "text", new byte[] { 0xFF, 0xFE }, Array.Empty<byte>(), new List<object?> { 1, "x" }, new Dictionary<string, object?>(), new AmqpTimestamp(long.MaxValue)];
        string[] names = [WireNames.VersionHeader, WireNames.Deadline, WireNames.Remaining, WireNames.SoftTimeout, WireNames.MaxAttempts, WireNames.Attempts, WireNames.Frames, WireNames.TraceParent, WireNames.TraceState, WireNames.DeliveryCount];
        foreach (var name in names)
        {
            foreach (var value in values)
            {
                var properties = Full.ToProperties();
                properties.Headers![name] = value;
                if (JobMessage.TryRead(properties, out var read, out var error))
                {
                    Assert.That((read.Frames, read.Remaining), Is.EqualTo((Math.Clamp(read.Frames, 0, 7), read.Remaining < TimeSpan.Zero ? TimeSpan.Zero : read.Remaining)));
                }
                else
                {
                    Assert.That(error, Is.Not.Empty);
                }

                Assert.That(() => read.TryGetTrace(out _), Throws.Nothing);
                Assert.That(read.Attempt, Is.Positive);
            }
        }

        foreach (var properties in new[] { new BasicProperties(), new BasicProperties { Type = WireNames.JobType, CorrelationId = "1" } })
        {
            Assert.That(JobMessage.TryRead(properties, out _, out var error), Is.False);
            Assert.That(error, Is.Not.Empty);
        }
    }

    [TestCase("", false)]
    [TestCase("order 12", true)]
    [TestCase("ÄÖÜ", true)]
    public void A_key_is_checked_before_it_is_sent(string key, bool isGood) => Assert.That(JobMessage.CheckKey(key) is null, Is.EqualTo(isGood));

    [Test]
    public void A_key_that_is_too_long_for_the_protocol_is_refused() =>
        Assert.That((JobMessage.CheckKey(new string('x', 201)), JobMessage.CheckKey(new string('語', 100)), JobMessage.CheckKey(new string('x', 200))), Is.EqualTo((JobMessage.CheckKey(""), JobMessage.CheckKey(""), (string?)null)));
}
