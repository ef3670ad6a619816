using Microsoft.Extensions.Logging;

namespace Hardening.Messaging;

/// <summary>
/// What uses the broker for as long as there is one: each connection is used until it ends, then the next. A use that fails while the connection stands (a queue that differs, a channel that the broker
/// closed) is tried again, with growing pauses.
/// </summary>
internal sealed partial class BrokerLoop(RabbitMqConnection connection, string what, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReconnectDelay _delay = new(connection.FirstPause, connection.MaxPause);
    private Task? _running;

    /// <summary>Uses a connection until it ends or the token is cancelled; calls the action once it is in use.</summary>
    public required Func<BrokerSession, Action, CancellationToken, Task> Use { get; init; }

    /// <summary>Begins. Complete when a connection is in use for the first time; where the broker is not required and there is none, at once.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        if (!connection.IsRequired && !connection.IsConnected)
        {
            return;
        }

        await _first.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the use of the broker.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_running is not { } running)
        {
            return;
        }

        try
        {
            await running.WaitAsync(StopLimit, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogStuck(what, StopLimit); // with its connection it ends in any case
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var session = await connection.SessionAsync(cancellationToken).ConfigureAwait(false);
                if (!await TryUseAsync(session, cancellationToken).ConfigureAwait(false))
                {
                    await Task.Delay(_delay.Next(Random.Shared.NextDouble()), time, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Stopped.
            }
        }
    }

    private async Task<bool> TryUseAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        try
        {
            await Use(session, NoteUse, cancellationToken).ConfigureAwait(false);
            return !session.IsOpen; // a channel that ended alone had a reason
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (!session.IsOpen)
            {
                return true; // lost: told by the connection
            }

            var failure = BrokerFailures.Using(exception, session.Address, what) ?? exception;
            if (!_first.TrySetException(failure))
            {
                LogFailed(failure, what);
            }

            return false;
        }
    }

    private void NoteUse()
    {
        _delay.Reset();
        _first.TrySetResult();
    }

    [LoggerMessage(5003, LogLevel.Error, "{What} cannot use the broker. It is tried again.")]
    private partial void LogFailed(Exception failure, string what);

    [LoggerMessage(5004, LogLevel.Error, "{What} has not ended its use of the broker within {Limit}. It ends with its connection.")]
    private partial void LogStuck(string what, TimeSpan limit);
}
