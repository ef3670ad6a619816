using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Hardening.Messaging;

/// <summary>One connection from its beginning to its end: after a loss comes another one. What was opened on it ends with it.</summary>
internal sealed class BrokerSession : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private readonly IConnection _connection;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<ShutdownEventArgs> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isBlocked;

    public BrokerSession(IConnection connection, BrokerAddress address)
    {
        (_connection, Address) = (connection, address);
        Ended = _ended.Token;
        connection.ConnectionShutdownAsync += OnShutdownAsync;
        connection.ConnectionBlockedAsync += OnBlockedAsync;
        connection.ConnectionUnblockedAsync += OnUnblockedAsync;
        if (connection.CloseReason is { } reason)
        {
            NoteEnd(reason); // before anybody listened
        }
    }

    public BrokerAddress Address { get; }

    /// <summary>Cancelled when the connection is gone, from whichever side; also after this is disposed.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Complete when it is gone, with why.</summary>
    public Task<ShutdownEventArgs> End => _end.Task;

    /// <summary>What both sides agreed on; 0 for none.</summary>
    public TimeSpan Heartbeat => _connection.Heartbeat;

    public bool IsOpen => _connection.IsOpen && !Ended.IsCancellationRequested;

    public bool IsBlocked => Volatile.Read(ref _isBlocked) != 0;

    /// <summary>A channel on which nothing is confirmed: for consuming.</summary>
    public Task<IChannel> OpenChannelAsync(CancellationToken cancellationToken) => _connection.CreateChannelAsync(new CreateChannelOptions(false, false), cancellationToken);

    /// <summary>A channel on which a publication is complete when the broker has confirmed it, and throws where it is refused. How many may be on their way is for the caller to limit.</summary>
    public Task<IChannel> OpenConfirmingChannelAsync(CancellationToken cancellationToken) => _connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken);

    /// <summary>Ends it within some seconds, whatever state it is in.</summary>
    public async ValueTask DisposeAsync()
    {
        _connection.ConnectionBlockedAsync -= OnBlockedAsync;
        _connection.ConnectionUnblockedAsync -= OnUnblockedAsync;
        await _connection.AbortAsync(CloseLimit).ConfigureAwait(false); // as a close, without exceptions
        await _connection.DisposeAsync().ConfigureAwait(false);
        NoteEnd(_connection.CloseReason ?? new ShutdownEventArgs(ShutdownInitiator.Application, 200, "closed"));
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        NoteEnd(reason);
        return Task.CompletedTask;
    }

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs blocked)
    {
        Volatile.Write(ref _isBlocked, 1);
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        Volatile.Write(ref _isBlocked, 0);
        return Task.CompletedTask;
    }

    private void NoteEnd(ShutdownEventArgs reason)
    {
        if (_end.TrySetResult(reason))
        {
            _ended.Cancel();
        }
    }
}
