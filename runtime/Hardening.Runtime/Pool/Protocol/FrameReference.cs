using System.Runtime.InteropServices;

namespace Hardening.Pool.Protocol;

/// <summary>Where a frame lies in shared memory, and what is known of it: 80 bytes, little endian (docs/worker-protocol.md).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FrameReference
{
    public const int Bytes = 80;

    /// <summary>Which memory, as a <see cref="MessageKind.Map"/> has named it.</summary>
    public uint Region;

    public FrameReferenceFlags Flags;

    /// <summary>Where in the region its bytes begin.</summary>
    public ulong Offset;

    /// <summary>The bytes of the image; in an output that a job is given, how many may be written.</summary>
    public uint Length;

    public uint Width;
    public uint Height;
    public uint Stride;

    /// <summary>The PFNC code.</summary>
    public uint PixelFormat;

    /// <summary>0 complete, 1 incomplete, 2 wrong size.</summary>
    public ushort Status;

    /// <summary>0 none, 1 device, 2 PTP.</summary>
    public ushort DeviceClock;

    public ulong DeviceTimestamp;
    public long Sequence;

    /// <summary>In nanoseconds of CLOCK_MONOTONIC.</summary>
    public long HostTimestamp;

    /// <summary>The camera's number in this pool: names stay with the host.</summary>
    public uint Camera;

    public uint Reserved;
    public ulong Reserved2;
}

[Flags]
internal enum FrameReferenceFlags : uint
{
    None = 0,

    /// <summary>Memory for the worker to write its result into. In a result: it has.</summary>
    Output = 1,
}
