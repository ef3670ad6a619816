using System.Diagnostics.Metrics;
using Hardening.Messaging;
using Hardening.Pool.Caller;

namespace Hardening.Pool;

/// <summary>The instruments of one caller of a pool. What is counted anyway is read when somebody collects.</summary>
internal sealed class RabbitPoolMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?>[] Outcomes = [.. Enum.GetValues<RemoteJobState>().Select(end => new KeyValuePair<string, object?>("hardening.job.outcome", Name(end)))];

    private readonly Meter? _ownMeter;
    private readonly KeyValuePair<string, object?> _pool;
    private readonly Histogram<double> _duration;

    /// <param name="meters">The host's; null for a meter of this pool's own.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="read">Asked when somebody collects, on that thread.</param>
    public RabbitPoolMetrics(IMeterFactory? meters, string pool, Func<RabbitPoolStatistics> read)
    {
        var meter = BrokerTelemetry.CreateMeter(meters);
        _ownMeter = meters is null ? meter : null;
        _pool = new("hardening.pool.name", pool);
        _duration = meter.CreateHistogram<double>("hardening.broker.job.duration", "s", "From a job's submission by a caller to its end there, by outcome: succeeded, failed, timed_out, cancelled, rejected, dead_lettered.");
        meter.CreateObservableUpDownCounter("hardening.broker.job.buffered", () => Of(read().Buffered), "{job}", "Jobs of a caller that wait for the broker's word that it has them.");
        meter.CreateObservableUpDownCounter("hardening.broker.job.pending", () => Of(read().Pending), "{job}", "Jobs of a caller that the broker has, or a host.");
        meter.CreateObservableCounter("hardening.broker.job.republished", () => Of(read().Republished), "{job}", "Jobs that a caller sent again, since the connection was lost before the broker's word for them.");
        meter.CreateObservableCounter("hardening.broker.answer.duplicate", () => Of(read().Duplicates), "{answer}", "Further answers to jobs that had one: the job was done more than once.");
        meter.CreateObservableCounter("hardening.broker.answer.late", () => Of(read().Late), "{answer}", "Answers to jobs that had ended without: their deadline had passed, or they were cancelled.");
        meter.CreateObservableCounter("hardening.broker.answer.unclaimed", () => Of(read().Unclaimed), "{answer}", "Answers to jobs that the caller does not know.");
        meter.CreateObservableCounter("hardening.broker.answer.malformed", () => Of(read().Malformed), "{answer}", "Answers that could not be read.");
    }

    public void Ended(RemoteJobState end, TimeSpan duration)
    {
        if (_duration.Enabled)
        {
            _duration.Record(duration.TotalSeconds, _pool, Outcomes[(int)end]);
        }
    }

    public void Dispose() => _ownMeter?.Dispose();

    private Measurement<long> Of(long value) => new(value, _pool);

    private static string Name(RemoteJobState end) => end switch
    {
        RemoteJobState.Succeeded => "succeeded",
        RemoteJobState.Failed => "failed",
        RemoteJobState.TimedOut => "timed_out",
        RemoteJobState.Cancelled => "cancelled",
        RemoteJobState.Rejected => "rejected",
        RemoteJobState.DeadLettered => "dead_lettered",
        RemoteJobState.Buffered => "buffered",
        _ => "pending",
    };
}
