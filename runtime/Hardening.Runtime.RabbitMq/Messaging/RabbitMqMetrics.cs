using System.Diagnostics.Metrics;

namespace Hardening.Messaging;

/// <summary>The instruments of the connection to the broker.</summary>
internal sealed class RabbitMqMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?>[] Failures = [.. Enum.GetValues<BrokerFailure>().Select(failure => new KeyValuePair<string, object?>("hardening.broker.failure", Name(failure)))];

    private readonly Meter? _ownMeter;
    private readonly Counter<long> _failed;

    /// <param name="meters">The host's; null for a meter of this connection's own.</param>
    /// <param name="read">Asked when somebody collects, on that thread.</param>
    public RabbitMqMetrics(IMeterFactory? meters, Func<RabbitMqStatistics> read)
    {
        var meter = BrokerTelemetry.CreateMeter(meters);
        _ownMeter = meters is null ? meter : null;
        _failed = meter.CreateCounter<long>("hardening.broker.connection.failed", "{attempt}", "Attempts to connect to the broker that failed, by why: unreachable, credentials_refused, virtual_host_refused.");
        meter.CreateObservableUpDownCounter("hardening.broker.connection.open", () => read().IsConnected ? 1 : 0, "{connection}", "Whether there is a connection to the broker.");
        meter.CreateObservableCounter("hardening.broker.connection.lost", () => read().Losses, "{connection}", "Connections to the broker that were lost, not closed by this side.");
    }

    public void AttemptFailed(BrokerFailure failure) => _failed.Add(1, Failures[(int)failure]);

    public void Dispose() => _ownMeter?.Dispose();

    private static string Name(BrokerFailure failure) => failure switch
    {
        BrokerFailure.Unreachable => "unreachable",
        BrokerFailure.CredentialsRefused => "credentials_refused",
        BrokerFailure.VirtualHostRefused => "virtual_host_refused",
        BrokerFailure.AccessRefused => "access_refused",
        BrokerFailure.QueueDiffers => "queue_differs",
        BrokerFailure.BufferFull => "buffer_full",
        _ => "answer_lost",
    };
}
