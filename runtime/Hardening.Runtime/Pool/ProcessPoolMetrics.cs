using System.Diagnostics.Metrics;
using Hardening.Pool.Jobs;

namespace Hardening.Pool;

/// <summary>The instruments of one pool. What is counted anyway is read when somebody collects; the rest costs a job one look where nobody listens, and never an allocation.</summary>
internal sealed class ProcessPoolMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?>[] Outcomes = [.. Enum.GetValues<JobEnd>().Select(end => new KeyValuePair<string, object?>("hardening.job.outcome", Name(end)))];
    private static readonly KeyValuePair<string, object?>[] Reasons = [.. Enum.GetValues<WorkerEnd>().Select(end => new KeyValuePair<string, object?>("hardening.exit.reason", Name(end)))];

    private readonly Meter? _ownMeter;
    private readonly KeyValuePair<string, object?> _pool;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _exit;

    /// <param name="meters">The host's; null for a meter of this pool's own.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="read">Asked when somebody collects, on that thread.</param>
    public ProcessPoolMetrics(IMeterFactory? meters, string pool, Func<ProcessPoolStatistics> read)
    {
        var meter = RuntimeMeter.Create(meters);
        _ownMeter = meters is null ? meter : null;
        _pool = new("hardening.pool.name", pool);
        _duration = meter.CreateHistogram<double>("hardening.process.job.duration", "s", "From a job's submission to its end, by outcome: succeeded, failed, timed_out, cancelled, rejected.");
        _wait = meter.CreateHistogram<double>("hardening.process.job.wait", "s", "From a job's submission until a worker has it.");
        _exit = meter.CreateCounter<long>("hardening.process.worker.exit", "{exit}", "Workers that ended, by reason: asked, recycled, crashed, timed_out, cancelled, over_memory, protocol, start_failed.");
        meter.CreateObservableUpDownCounter("hardening.process.worker.active", () => Of(Active(read())), "{worker}", "Workers that run: starting, ready, or waiting as a spare.");
        meter.CreateObservableCounter("hardening.process.worker.started", () => Of(read().StartedWorkers), "{worker}", "Workers that were started.");
        meter.CreateObservableUpDownCounter("hardening.process.job.queued", () => Of(read().Queued), "{job}", "Jobs that wait for a worker.");
        meter.CreateObservableUpDownCounter("hardening.process.job.running", () => Of(read().Running), "{job}", "Jobs that a worker has.");
        meter.CreateObservableCounter("hardening.process.job.attempt", () => Of(read().Retries), "{attempt}", "Attempts beyond the first of their job, after its worker ended.");
        meter.CreateObservableCounter("hardening.process.job.rejected", () => Of(read().Rejected), "{job}", "Jobs that were not begun: the queue was full, or they had ended too many workers.");
    }

    /// <summary>Whether anybody wants to know how long jobs take: else nobody need read the clock for it.</summary>
    public bool IsTimed => _duration.Enabled || _wait.Enabled;

    public void Began(TimeSpan waited)
    {
        if (_wait.Enabled)
        {
            _wait.Record(waited.TotalSeconds, _pool);
        }
    }

    public void Ended(JobEnd end, TimeSpan duration)
    {
        if (_duration.Enabled)
        {
            _duration.Record(duration.TotalSeconds, _pool, Outcomes[(int)end]);
        }
    }

    public void WorkerExited(WorkerEnd end) => _exit.Add(1, _pool, Reasons[(int)end]);

    public void Dispose() => _ownMeter?.Dispose();

    private Measurement<long> Of(long value) => new(value, _pool);

    private static int Active(ProcessPoolStatistics now) => now.ReadyWorkers + now.StartingWorkers + now.SpareWorkers;

    /// <summary>The value of the attribute <c>hardening.job.outcome</c>.</summary>
    public static string Name(JobEnd end) => end switch
    {
        JobEnd.Succeeded => "succeeded",
        JobEnd.Failed => "failed",
        JobEnd.TimedOut => "timed_out",
        JobEnd.Cancelled => "cancelled",
        _ => "rejected",
    };

    private static string Name(WorkerEnd end) => end switch
    {
        WorkerEnd.Asked => "asked",
        WorkerEnd.Recycled => "recycled",
        WorkerEnd.Crashed => "crashed",
        WorkerEnd.TimedOut => "timed_out",
        WorkerEnd.Cancelled => "cancelled",
        WorkerEnd.OverMemory => "over_memory",
        WorkerEnd.Protocol => "protocol",
        _ => "start_failed",
    };
}

/// <summary>Why a worker ended.</summary>
internal enum WorkerEnd
{
    /// <summary>The pool stops, or is smaller than it was.</summary>
    Asked,

    /// <summary>It had its share of jobs, or too much memory between two of them.</summary>
    Recycled,

    /// <summary>It exited or was killed, not by the pool.</summary>
    Crashed,

    TimedOut,

    /// <summary>Its job was cancelled and went on for longer than the grace period.</summary>
    Cancelled,

    OverMemory,

    Protocol,

    StartFailed,
}
