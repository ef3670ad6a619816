using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Hardening.Camera;

/// <summary>Work on each frame, done by the worker threads of a stage. Frames of one camera leave a stage in the order in which they came.</summary>
public interface IFrameStage
{
    /// <summary>Works on one frame, which is lent for the time of the call; <see cref="Frame.Lease"/> keeps it longer.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="stop">Cancelled when the pipeline's time to drain is over: return soon.</param>
    /// <remarks>
    /// Called by several threads at once when one instance serves all workers, by one thread at a time when each worker has its own.
    /// An exception drops this frame with <see cref="FrameDropReason.StageFailed"/>; the pipeline goes on.
    /// </remarks>
    void Process(in Frame frame, CancellationToken stop);
}

/// <summary>Where frames end. A pipeline disposes its sinks after the last frame, if they are disposable.</summary>
public interface IFrameSink
{
    /// <summary>The name in metrics and logs.</summary>
    string Name { get; }

    /// <summary>How many frames of each camera the sink may keep leased at once; the pool is sized for it.</summary>
    int HeldFrames => 0;

    /// <summary>Called once, before the pipeline's cameras are opened. Does nothing by default.</summary>
    /// <param name="context">Clock, log and meter of the pipeline.</param>
    void Open(FrameSinkContext context)
    {
    }

    /// <summary>Takes one frame, which is lent for the time of the call; <see cref="Frame.Lease"/> keeps it longer.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="stop">Cancelled when the pipeline's time to drain is over: return soon.</param>
    /// <remarks>
    /// The frames of one camera come one after another, in order; those of different cameras may come at the same time on different threads.
    /// An exception counts the frame as <see cref="FrameDropReason.SinkFailed"/>; other sinks still get it, and the pipeline goes on.
    /// </remarks>
    void Consume(in Frame frame, CancellationToken stop);
}

/// <summary>What a pipeline lends to its sinks.</summary>
/// <param name="Time">The pipeline's clock, from which <see cref="FrameInfo.HostTimestamp"/> is read.</param>
/// <param name="Logger">Writes under the category of the pipeline's sinks.</param>
/// <param name="Meter">The meter <c>Hardening.Runtime</c>; null where there is no pipeline.</param>
public sealed record FrameSinkContext(TimeProvider Time, ILogger Logger, Meter? Meter);
