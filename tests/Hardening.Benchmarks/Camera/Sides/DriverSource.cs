using Hardening.Benchmarks.Peers;
using Hardening.Camera;

namespace Hardening.Benchmarks.Camera.Sides;

/// <summary>The model of a camera as a source of a pipeline, and what may be wrong with it.</summary>
internal sealed class DriverSource(Workload workload, ModelCamera camera, DriverFault? fault = null) : IFrameSource
{
    private FramePool? _pool;

    public string Name { get; } = NameOf(camera.Number);

    public int DriverBuffers => 0;

    public static string NameOf(int camera) => $"camera-{camera}";

    public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken) =>
        fault is { Kind: DriverFaultKind.Gone, IsOn: true }
            ? throw new FrameSourceException(Name, $"Camera '{Name}' is gone.")
            : new FrameFormat(workload.Width, workload.Height, PixelFormat.Mono8, workload.FrameBytes, workload.IsPaced ? workload.Rate : null);

    public void Start(FramePool pool) => _pool = pool;

    public FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var isFaulty = fault is { IsOn: true };
        if (isFaulty && fault!.Kind == DriverFaultKind.Gone)
        {
            throw new FrameSourceException(Name, $"Camera '{Name}' is gone.");
        }

        if (!camera.TryRead((long)timeout.TotalNanoseconds, out var frame) || (isFaulty && fault!.Kind == DriverFaultKind.Silent))
        {
            return FrameRead.Timeout;
        }

        var info = new FrameInfo
        {
            Camera = Name,
            Sequence = frame.Sequence,
            HostTimestamp = frame.Due,
            Width = workload.Width,
            Height = workload.Height,
            Stride = workload.Width,
            Length = workload.FrameBytes,
            PixelFormat = PixelFormat.Mono8,
            Status = isFaulty && fault!.Kind == DriverFaultKind.Corrupt && frame.Sequence % 3 == 0 ? FrameStatus.Incomplete : FrameStatus.Complete,
        };
        if (!_pool!.TryRent(Name, out var buffer))
        {
            return FrameRead.Dropped(info);
        }

        camera.Pixels(frame).CopyTo(buffer.Bytes);
        return FrameRead.Delivered(buffer.Publish(info));
    }

    public void Stop()
    {
        // the schedule goes on
    }

    public void Dispose()
    {
        // the memory of the drivers is not its own
    }
}

internal enum DriverFaultKind
{
    Silent,
    Gone,
    Corrupt,
}

/// <summary>What is wrong with a camera, from one moment of the clock to another.</summary>
internal sealed record DriverFault(DriverFaultKind Kind, FaultTime Time)
{
    public bool IsOn => Time.IsOn;
}

/// <summary>When a fault is there.</summary>
internal sealed class FaultTime
{
    private long _from = long.MaxValue;
    private long _until;

    public bool IsOn => MonotonicClock.Now is var now && now >= Volatile.Read(ref _from) && now < Volatile.Read(ref _until);

    public void Set(long from, long until)
    {
        Volatile.Write(ref _until, until);
        Volatile.Write(ref _from, from);
    }
}
