using Hardening.Pool.Wire;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Hardening.Pool.Host;

/// <summary>What a host has open on one connection.</summary>
/// <param name="Jobs">Jobs come on it, and are acknowledged.</param>
/// <param name="Answers">What is sent on it is confirmed.</param>
internal sealed record HostChannels(IChannel Jobs, IChannel Answers)
{
    /// <summary>Whether something that came on it can be acknowledged still.</summary>
    public bool IsOpen => Jobs.IsOpen && Answers.IsOpen;
}

/// <summary>A message that the broker has given to this host: it is answered for once.</summary>
internal sealed class Delivery
{
    private readonly ulong _tag;
    private readonly IChannel _channel;

    public Delivery(HostChannels channels, IChannel channel, BasicDeliverEventArgs message)
    {
        (Channels, _channel, _tag, Properties) = (channels, channel, message.DeliveryTag, message.BasicProperties);
        Body = message.Body.ToArray(); // the client uses its memory again
    }

    public HostChannels Channels { get; }

    public IReadOnlyBasicProperties Properties { get; }

    public byte[] Body { get; }

    public bool IsAlive => _channel.IsOpen && Channels.IsOpen;

    /// <summary>Tells the broker that it is done with; where the connection is gone, the broker knows otherwise.</summary>
    public Task AcknowledgeAsync() => TellAsync(_channel.BasicAckAsync(_tag, multiple: false));

    /// <summary>Gives it back, as one attempt more.</summary>
    public Task RequeueAsync() => TellAsync(_channel.BasicNackAsync(_tag, multiple: false, requeue: true));

    /// <summary>What is sent on of it: its properties, with further headers.</summary>
    public BasicProperties CopyProperties(params ReadOnlySpan<KeyValuePair<string, object?>> further)
    {
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var header in Properties.Headers ?? new Dictionary<string, object?>())
        {
            if (header.Key is not (WireNames.DeliveryCount or WireNames.ClientSequence))
            {
                headers[header.Key] = header.Value;
            }
        }

        foreach (var header in further)
        {
            headers[header.Key] = header.Value;
        }

        var copy = new BasicProperties(Properties) { Headers = headers, DeliveryMode = DeliveryModes.Persistent };
        copy.ClearUserId(); // the broker refuses another user's
        copy.ClearExpiration();
        return copy;
    }

    private static async Task TellAsync(ValueTask telling)
    {
        try
        {
            await telling.ConfigureAwait(false);
        }
        catch (Exception exception) when (Messaging.BrokerFailures.IsLoss(exception))
        {
            // The broker gives it to another host, or to this one again.
        }
    }
}
