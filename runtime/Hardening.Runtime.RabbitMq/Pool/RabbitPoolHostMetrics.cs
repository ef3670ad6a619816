using System.Diagnostics.Metrics;
using Hardening.Messaging;

namespace Hardening.Pool;

/// <summary>The instruments of one host of a pool. All is counted anyway, and read when somebody collects.</summary>
internal sealed class RabbitPoolHostMetrics : IDisposable
{
    private readonly Meter? _ownMeter;
    private readonly KeyValuePair<string, object?> _pool;

    /// <param name="meters">The host's; null for a meter of this pool's own.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="read">Asked when somebody collects, on that thread.</param>
    public RabbitPoolHostMetrics(IMeterFactory? meters, string pool, Func<RabbitPoolHostStatistics> read)
    {
        var meter = BrokerTelemetry.CreateMeter(meters);
        _ownMeter = meters is null ? meter : null;
        _pool = new("hardening.pool.name", pool);
        meter.CreateObservableCounter("hardening.broker.delivery.ended", () => Ends(read()), "{delivery}", "Deliveries of jobs to a host that ended, by how: answered, dead_lettered, requeued, returned, expired, repeated, abandoned.");
        meter.CreateObservableUpDownCounter("hardening.broker.delivery.running", () => Of(read().Running), "{delivery}", "Deliveries that a host works on.");
        meter.CreateObservableCounter("hardening.broker.delivery.malformed", () => Of(read().Malformed), "{delivery}", "Deliveries that could not be read, or whose frames had another checksum.");
        meter.CreateObservableCounter("hardening.broker.dead_letter.lost", () => Of(read().LostDeadLetters), "{message}", "Dead letters that the broker did not take.");
        meter.CreateObservableUpDownCounter("hardening.broker.host.serving", () => Of(read().IsServing ? 1 : 0), "{host}", "Whether a host takes jobs.");
    }

    public void Dispose() => _ownMeter?.Dispose();

    private Measurement<long> Of(long value) => new(value, _pool);

    private Measurement<long>[] Ends(RabbitPoolHostStatistics now) =>
    [
        End("answered", now.Answered),
        End("dead_lettered", now.DeadLettered),
        End("requeued", now.Requeued),
        End("returned", now.Returned),
        End("expired", now.Expired),
        End("repeated", now.Repeated),
        End("abandoned", now.Abandoned),
    ];

    private Measurement<long> End(string name, long count) => new(count, _pool, new("hardening.delivery.end", name));
}
