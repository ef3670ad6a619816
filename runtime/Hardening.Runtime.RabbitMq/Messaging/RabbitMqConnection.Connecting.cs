using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Hardening.Messaging;

/// <content>One attempt to connect, and what is said of those that fail.</content>
public sealed partial class RabbitMqConnection
{
    private static readonly TimeSpan LogFailuresEvery = TimeSpan.FromMinutes(1);

    private async Task<BrokerSession?> TryConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _address.Factory.CreateConnectionAsync(new DefaultEndpointResolver(_address.Endpoints()), _address.Factory.ClientProvidedName, cancellationToken).ConfigureAwait(false);
            var session = new BrokerSession(connection, _address);
            await ProbeAsync(session, cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _connects++;
                (_failures, _lastFailure, _session) = (0, null, session);
                _next.TrySetResult(session);
            }

            LogConnected(_address.Describe());
            return session;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            NoteFailure(BrokerFailures.Connecting(exception, _address));
            return null;
        }
    }

    // The client gives a connection away before the broker has said yes to the virtual host.
    private static async Task ProbeAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        try
        {
            var channel = await session.OpenChannelAsync(cancellationToken).ConfigureAwait(false);
            await channel.DisposeAsync().ConfigureAwait(false);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void NoteFailure(BrokerUnavailableException failure)
    {
        int failures;
        lock (_gate)
        {
            (failures, _lastFailure) = (++_failures, failure);
        }

        _metrics.AttemptFailed(failure.Failure);
        if (_options.Required && _first.TrySetException(failure))
        {
            return;
        }

        _first.TrySetResult();
        if (failures == 1 || _time.GetElapsedTime(_failureLogged) >= LogFailuresEvery)
        {
            _failureLogged = _time.GetTimestamp();
            LogUnavailable(failure, failures);
        }
    }

    [LoggerMessage(5000, LogLevel.Information, "Connected to the broker at {Broker}.")]
    private partial void LogConnected(string broker);

    [LoggerMessage(5002, LogLevel.Error, "The broker cannot be used; {Failures} attempts in a row have failed. It is tried on, and told once a minute.")]
    private partial void LogUnavailable(Exception failure, int failures);
}
