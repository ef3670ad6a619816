using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <summary>What is known of a frame besides its pixels.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FrameInfo
{
    /// <summary>The name of the camera, as its source gives it.</summary>
    public required string Camera { get; init; }

    /// <summary>The device's number of this frame, widened so that it does not wrap. A step of more than one is a gap: frames lost before us.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the frame reached this host: <see cref="TimeProvider.GetTimestamp"/> of the pipeline's clock. A frame's age and latency count from here.</summary>
    public required long HostTimestamp { get; init; }

    /// <summary>The device's own time of exposure in nanoseconds, in the clock domain of <see cref="DeviceClock"/>; 0 when there is none.</summary>
    public ulong DeviceTimestamp { get; init; }

    /// <summary>Which clock <see cref="DeviceTimestamp"/> is read from.</summary>
    public FrameClock DeviceClock { get; init; }

    /// <summary>Pixels in a row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    /// <summary>Bytes from one row to the next.</summary>
    public required int Stride { get; init; }

    /// <summary>The bytes of the image, which start at the beginning of its buffer.</summary>
    public required int Length { get; init; }

    /// <summary>How the bytes are to be read.</summary>
    public required PixelFormat PixelFormat { get; init; }

    /// <summary>Whether the frame arrived whole.</summary>
    public FrameStatus Status { get; init; }

    /// <summary>What else the device sent with this frame; null when nothing. Of the buffer, like the pixels: its values are those of another frame once the lease is disposed.</summary>
    public FrameMetadata? Metadata { get; init; }
}

/// <summary>Whether a frame arrived whole.</summary>
public enum FrameStatus
{
    /// <summary>Every byte is there.</summary>
    Complete,

    /// <summary>Packets or rows are missing; the bytes in their place are from an earlier frame.</summary>
    Incomplete,

    /// <summary>The device sent another size than it had announced.</summary>
    WrongSize,
}

/// <summary>The clock domain of a device timestamp.</summary>
public enum FrameClock
{
    /// <summary>There is no device timestamp.</summary>
    None,

    /// <summary>The device's free-running counter: comparable within one device only.</summary>
    Device,

    /// <summary>A clock that is synchronised between devices (IEEE 1588).</summary>
    Ptp,
}

/// <summary>What a source delivers, known once it is open.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="PixelFormat">How the bytes are to be read.</param>
/// <param name="PayloadBytes">The largest frame in bytes; a buffer must hold it.</param>
/// <param name="FrameRate">Frames per second; null where the source has no rate of its own.</param>
/// <param name="IsTriggered">Whether frames come when somebody asks for them, so that silence says nothing.</param>
public readonly record struct FrameFormat(int Width, int Height, PixelFormat PixelFormat, int PayloadBytes, double? FrameRate, bool IsTriggered = false);
