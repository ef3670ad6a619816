using Hardening.Camera;
using Hardening.Pool.Frames;
using Hardening.Pool.Jobs;
using Microsoft.Extensions.Logging;

namespace Hardening.Pool.Workers;

/// <summary>What all parts of one pool share.</summary>
internal sealed record PoolContext
{
    public required string Name { get; init; }

    public required WorkerCommand Command { get; init; }

    /// <summary>Checked, and nobody's to change.</summary>
    public required ProcessPoolOptions Options { get; init; }

    public required WorkerSetup Setup { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    public required JobDispatcher Dispatcher { get; init; }

    public required ProcessPoolMetrics Metrics { get; init; }

    public required JobTracing Tracing { get; init; }

    public required PoisonList Poison { get; init; }

    public PoolRegions Regions { get; } = new();

    public CameraNumbers Cameras { get; } = new();

    /// <summary>The memory that workers write frames into; null when they return none.</summary>
    public FramePool? Results { get; init; }

    public long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Time.TimestampFrequency);

    public TimeSpan Elapsed(long from, long to) => Time.GetElapsedTime(from, to);

    public void NoteEnd(PoolJob job)
    {
        if (Metrics.IsTimed)
        {
            Metrics.Ended(job.End, Elapsed(job.SubmittedAt, Time.GetTimestamp()));
        }
    }
}
