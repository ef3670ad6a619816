using Hardening.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Hardening.Camera;

/// <summary>A place in line for one camera: a channel that consumes from the camera's queue, of whose consumers the broker serves one, and the next when that one is gone. Closing it gives up the place, and the token too.</summary>
internal sealed class TokenLine : AsyncDefaultBasicConsumer, IAsyncDisposable
{
    private const ushort Prefetch = 4; // the one that is held, the one that confirms it, and what those brought who have just joined
    private const int MaxTokens = 64;  // those that joined while nobody was served
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly string _queue;
    private readonly Func<TokenLine, ulong, OwnershipToken, Task> _arrived;
    private readonly Action _lost;
    private volatile bool _isLost;

    private TokenLine(IChannel channel, string queue, Func<TokenLine, ulong, OwnershipToken, Task> arrived, Action lost)
        : base(channel) => (_queue, _arrived, _lost) = (queue, arrived, lost);

    /// <summary>Whether the place is lost or given up: the channel or the connection is gone, or the queue is.</summary>
    public bool IsLost => _isLost;

    /// <summary>The name of a camera's queue.</summary>
    public static string QueueOf(string name, string camera) => $"hardening.camera.{name}.{camera}";

    /// <summary>Stands in line, behind all who do already.</summary>
    /// <param name="session">Where.</param>
    /// <param name="queue">The camera's queue, which is made when it is not there.</param>
    /// <param name="arrived">Called for each token with the number that acknowledges it, one after another, on a thread of the pool.</param>
    /// <param name="lost">Called when the place is lost, on a thread of the client: returns at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TokenLine> JoinAsync(
        BrokerSession session, string queue, Func<TokenLine, ulong, OwnershipToken, Task> arrived, Action lost, CancellationToken cancellationToken)
    {
        var line = new TokenLine(await session.OpenConfirmingChannelAsync(cancellationToken).ConfigureAwait(false), queue, arrived, lost);
        try
        {
            var arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true, ["x-max-length"] = MaxTokens, ["x-overflow"] = "drop-head",
            };
            await line.Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken).ConfigureAwait(false);
            await line.Channel.BasicQosAsync(0, Prefetch, global: false, cancellationToken).ConfigureAwait(false);
            await line.Channel.BasicConsumeAsync(queue, autoAck: false, line, cancellationToken).ConfigureAwait(false);
            return line;
        }
        catch
        {
            await line.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Puts a token behind those that are there. Returns once the broker has it.</summary>
    public async Task PutAsync(OwnershipToken token, CancellationToken cancellationToken) =>
        await Channel.BasicPublishAsync("", _queue, mandatory: true, token.ToProperties(), ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes a token. Where the place is lost meanwhile, it goes back instead.</summary>
    public async Task RemoveAsync(ulong tag, CancellationToken cancellationToken)
    {
        try
        {
            await Channel.BasicAckAsync(tag, multiple: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLoss(e))
        {
            NoteLoss();
        }
    }

    /// <inheritdoc/>
    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default) =>
        _arrived(this, deliveryTag, OwnershipToken.From(properties.Headers));

    /// <inheritdoc/>
    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        NoteLoss();
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        NoteLoss();
        return base.HandleChannelShutdownAsync(channel, reason);
    }

    /// <summary>Gives up the place. Takes no longer than 2 s, whatever the broker does.</summary>
    public async ValueTask DisposeAsync()
    {
        NoteLoss();
        using var limit = new CancellationTokenSource(CloseLimit);
        try
        {
            await Channel.CloseAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLoss(e))
        {
            // gone already, or with the connection
        }

        await Channel.DisposeAsync().AsTask().WaitAsync(CloseLimit, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static bool IsLoss(Exception e) => e is RabbitMQClientException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException or TimeoutException;

    private void NoteLoss()
    {
        _isLost = true;
        _lost();
    }
}
