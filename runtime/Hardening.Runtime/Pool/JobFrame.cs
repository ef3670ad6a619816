using Hardening.Camera;
using Hardening.Pool.Protocol;

namespace Hardening.Pool;

/// <summary>A frame of a job as its worker sees it: the pixels where the application has them, not copied, for reading alone. Lent for the time of the job.</summary>
public readonly ref struct JobFrame
{
    private readonly ref readonly FrameReference _reference;

    internal JobFrame(in FrameReference reference, ReadOnlySpan<byte> pixels)
    {
        _reference = ref reference;
        Pixels = pixels;
    }

    /// <summary>The bytes of the image.</summary>
    public ReadOnlySpan<byte> Pixels { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width => (int)_reference.Width;

    /// <summary>Rows.</summary>
    public int Height => (int)_reference.Height;

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride => (int)_reference.Stride;

    /// <summary>How the bytes are to be read.</summary>
    public PixelFormat PixelFormat => (PixelFormat)_reference.PixelFormat;

    /// <summary>Whether the frame arrived whole.</summary>
    public FrameStatus Status => (FrameStatus)_reference.Status;

    /// <summary>The device's number of this frame.</summary>
    public long Sequence => _reference.Sequence;

    /// <summary>When the frame reached the host, in nanoseconds of CLOCK_MONOTONIC: comparable with <see cref="TimeProvider.GetTimestamp"/> of <see cref="TimeProvider.System"/>, in this process too.</summary>
    public long HostTimestamp => _reference.HostTimestamp;

    /// <summary>The device's own time of exposure in nanoseconds, in the clock domain of <see cref="DeviceClock"/>; 0 when there is none.</summary>
    public ulong DeviceTimestamp => _reference.DeviceTimestamp;

    /// <summary>Which clock <see cref="DeviceTimestamp"/> is read from.</summary>
    public FrameClock DeviceClock => (FrameClock)_reference.DeviceClock;

    /// <summary>Which camera took it: its number in this pool. Names stay in the application.</summary>
    public int Camera => (int)_reference.Camera;
}
