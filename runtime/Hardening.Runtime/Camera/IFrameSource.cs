using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Hardening.Camera;

/// <summary>
/// A camera, or what stands in for one. A pipeline drives each source from one dedicated thread: <see cref="Open"/>, <see cref="Start"/>,
/// <see cref="Read"/> again and again, <see cref="Stop"/>, <see cref="IDisposable.Dispose"/>. A source therefore needs no locks, and may block within the limits that it is given.
/// A camera that broke or fell silent is stopped and opened again: <see cref="Open"/> then closes what the last one left.
/// </summary>
/// <remarks>
/// What a source owes: frames in the device's order; the end of the stream and a break told apart; damaged frames delivered as such; every lease
/// handed over once; no frame hidden: one that it had to give up is returned as <see cref="FrameRead.Dropped"/>.
/// </remarks>
public interface IFrameSource : IDisposable
{
    /// <summary>The name of the camera: unique within a pipeline, and low in cardinality, since metrics carry it.</summary>
    string Name { get; }

    /// <summary>How many buffers the source holds while it runs, which the pool is sized for. 0 when it rents one as each frame comes.</summary>
    int DriverBuffers { get; }

    /// <summary>Connects and configures the device. Blocks until that is done. May be called again after <see cref="Stop"/>, and after it has thrown.</summary>
    /// <param name="context">Clock, log and meter of the pipeline.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the device will deliver, read back from it.</returns>
    /// <exception cref="FrameSourceException">There is no such device, it is in use, or it refuses a setting.</exception>
    FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken);

    /// <summary>Starts the stream into buffers of this pool, whose slots hold <see cref="FrameFormat.PayloadBytes"/> or more.</summary>
    /// <exception cref="FrameSourceException">The device does not start, or the pool is too small for it.</exception>
    void Start(FramePool pool);

    /// <summary>Waits for the next frame, for <paramref name="timeout"/> at most.</summary>
    /// <returns>A frame, whose lease now belongs to the caller; or why there is none.</returns>
    /// <exception cref="FrameSourceException">The device is gone: there will be no more frames unless it is opened again.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the exception carries it.</exception>
    /// <exception cref="InvalidOperationException">The source is not started, or another thread reads from it.</exception>
    FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Stops the stream and gives back the buffers that the device held. Does nothing when the stream does not run. Never throws.</summary>
    void Stop();
}

/// <summary>What a pipeline lends to its sources.</summary>
/// <param name="Time">The pipeline's clock.</param>
/// <param name="Logger">Writes under the category of the pipeline's sources.</param>
/// <param name="Meter">The meter <c>Hardening.Runtime</c>: a source adds what only it can know (a driver's raw counters).</param>
public sealed record FrameSourceContext(TimeProvider Time, ILogger Logger, Meter Meter);

/// <summary>How a wait for a frame ended.</summary>
public enum FrameReadStatus
{
    /// <summary>Nothing came within the limit.</summary>
    Timeout,

    /// <summary>A frame, whole or damaged.</summary>
    Frame,

    /// <summary>A frame came, but the source had no buffer for it.</summary>
    Dropped,

    /// <summary>The stream is over, as it should be: there will be no more frames.</summary>
    EndOfStream,
}

/// <summary>The result of <see cref="IFrameSource.Read"/>.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct FrameRead
{
    private readonly FrameInfo _dropped;

    private FrameRead(FrameReadStatus status, FrameLease lease = default, FrameInfo dropped = default)
    {
        Status = status;
        Lease = lease;
        _dropped = dropped;
    }

    /// <summary>Nothing came within the limit.</summary>
    public static FrameRead Timeout => default;

    /// <summary>The stream is over.</summary>
    public static FrameRead EndOfStream => new(FrameReadStatus.EndOfStream);

    /// <summary>How the wait ended.</summary>
    public FrameReadStatus Status { get; }

    /// <summary>The frame, which the caller now owns; empty unless <see cref="Status"/> is <see cref="FrameReadStatus.Frame"/>.</summary>
    public FrameLease Lease { get; }

    /// <summary>What is known of the frame, whether it is here or was dropped.</summary>
    public FrameInfo Info => Status == FrameReadStatus.Frame ? Lease.Info : _dropped;

    /// <summary>A frame, whose lease passes to the reader.</summary>
    public static FrameRead Delivered(FrameLease lease) => new(FrameReadStatus.Frame, lease);

    /// <summary>A frame that came and could not be kept, since the pool had no buffer.</summary>
    public static FrameRead Dropped(in FrameInfo info) => new(FrameReadStatus.Dropped, dropped: info);
}
