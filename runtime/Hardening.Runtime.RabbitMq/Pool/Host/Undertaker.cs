using Hardening.Pool.Wire;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Hardening.Pool.Host;

/// <summary>
/// Looks at the jobs that the broker itself gave up: because they came back too often (their hosts died), or because their time passed before any host took them. It cannot tell callers; any host can.
/// </summary>
internal sealed class Undertaker(Graveyard graveyard)
{
    private const string DeliveryLimitReason = "delivery_limit";

    public async Task ReceiveAsync(HostChannels channels, IChannel channel, BasicDeliverEventArgs message)
    {
        var delivery = new Delivery(channels, channel, message);
        JobMessage.TryRead(delivery.Properties, out var job, out var error);
        var (reason, count) = ReadDeath(delivery.Properties);
        var told = reason == "expired"
            ? await graveyard.AnswerAsync(delivery, job, AnswerOutcome.Expired, new RemoteFailure { Type = nameof(JobExpiredException), Message = "its deadline passed before a host took it" }).ConfigureAwait(false)
            : await graveyard.BuryAsync(delivery, job, Why(job, reason, count, error)).ConfigureAwait(false);
        if (told)
        {
            await delivery.AcknowledgeAsync().ConfigureAwait(false);
        }
        else
        {
            await delivery.RequeueAsync().ConfigureAwait(false);
        }
    }

    private static RemoteFailure Why(JobMessage job, string reason, long count, string? error)
    {
        var attempts = (int)Math.Clamp(job.EarlierAttempts + Math.Max(count, job.EarlierDeliveries), 1, int.MaxValue);
        return error is not null
            ? new RemoteFailure { Type = DeadReasons.Malformed, Message = error, Attempts = attempts, Host = Environment.MachineName }
            : new RemoteFailure
            {
                Type = reason == DeliveryLimitReason ? DeadReasons.DeliveryLimit : reason,
                Message = reason == DeliveryLimitReason
                    ? "it was given to hosts as often as MaxDeliveries allows, and not answered: they, their workers or their connections ended under it"
                    : $"the broker gave it up ({reason})",
                Attempts = attempts,
                Host = Environment.MachineName,
            };
    }

    // The broker's own account of why a message is here: a list of tables, the latest first.
    private static (string Reason, long Count) ReadDeath(IReadOnlyBasicProperties properties)
    {
        if (properties.Headers is { } headers && headers.TryGetValue(WireNames.Deaths, out var deaths) && deaths is IList<object?> { Count: > 0 } list && list[0] is IDictionary<string, object?> death)
        {
            return (WireHeaders.Text(death, "reason") is { Length: > 0 and <= 64 } reason ? reason : "unknown", WireHeaders.Int64(headers, WireNames.DeliveryCount) ?? 0);
        }

        return ("unknown", 0);
    }
}
