using Hardening.Messaging;

namespace Hardening.Runtime.RabbitMq.Tests.Wire;

public sealed class ConnectionLogTests
{
    [Test, CancelAfter(60_000)]
    public async Task A_broker_that_stays_away_is_told_at_once_and_then_each_minute(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        var log = new LogRecorder();
        var pause = TimeSpan.FromSeconds(10);
        await using var connection = new RabbitMqConnection(new RabbitMqOptions { Uri = new Uri("amqp://127.0.0.1:1"), Required = false, FirstReconnectDelay = pause, MaxReconnectDelay = pause }, time, log);
        await connection.StartAsync(timeout);
        for (var attempt = 1; attempt <= 8; attempt++)
        {
            await Eventually.HoldsAsync(() => connection.Statistics.Failures == attempt && time.WaitingTimers == 1, $"attempt {attempt} has failed", timeout);
            Assert.That(Told(), Has.Count.EqualTo(attempt <= 6 ? 1 : Told().Count).And.Count.InRange(1, 2), $"after {attempt} attempts, each at most 10 s after the one before");
            time.Advance(pause);
        }

        Assert.That(Told(), Has.Count.EqualTo(2), "a minute later");
        Assert.That((Told()[0], Told()[1]), Is.EqualTo((1, 7)).Or.EqualTo((1, 8)), "with the count");

        List<int> Told() => [.. log.Records.Where(record => record.EventId == 5002).Select(record => int.Parse(record.Message.Split("used; ")[1].Split(' ')[0], null))];
    }
}
