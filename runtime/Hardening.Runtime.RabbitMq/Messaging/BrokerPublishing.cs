using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Hardening.Messaging;

/// <summary>What became of a message.</summary>
internal enum Sent
{
    /// <summary>The broker has it, on disk where the queue is a quorum queue.</summary>
    Confirmed,

    /// <summary>The queue is full, or its leader away: the broker does not have it.</summary>
    Refused,

    /// <summary>There is no such queue.</summary>
    Returned,

    /// <summary>The connection or the channel ended before the broker's word, or it did not come in time.</summary>
    Unknown,
}

/// <summary>Sends messages and waits for the broker's word.</summary>
internal static class BrokerPublishing
{
    /// <summary>The default exchange, which gives a message to the queue of its name.</summary>
    private const string DefaultExchange = "";

    private const string DirectReplyTo = "amq.rabbitmq.reply-to.";

    /// <summary>How long the broker's word may take: it comes in milliseconds, or, where a queue has lost its leader, never.</summary>
    private static readonly TimeSpan WordLimit = TimeSpan.FromSeconds(60);

    /// <summary>Sends a message to a queue. Throws only where it cannot be written.</summary>
    public static async Task<Sent> SendAsync(IChannel channel, string queue, BasicProperties properties, ReadOnlyMemory<byte> body)
    {
        // A direct way back is no queue, and would always be returned.
        var mandatory = !queue.StartsWith(DirectReplyTo, StringComparison.Ordinal);
        using var limit = new CancellationTokenSource(WordLimit);
        try
        {
            await channel.BasicPublishAsync(DefaultExchange, queue, mandatory, properties, body, limit.Token).ConfigureAwait(false);
            return Sent.Confirmed;
        }
        catch (PublishException refused)
        {
            return refused.IsReturn ? Sent.Returned : Sent.Refused;
        }
        catch (Exception exception) when (BrokerFailures.IsLoss(exception))
        {
            return Sent.Unknown;
        }
    }
}
