using System.Runtime.InteropServices;

namespace Hardening.Pool.Channels;

/// <summary>The first page of a ring's memory. The two rings follow it, first the one to the worker.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct RingControl
{
    public const int Bytes = 4096;

    /// <summary>"HRDR" as it lies in memory.</summary>
    public const uint MagicNumber = 0x52445248;

    public const uint CurrentVersion = 1;

    [FieldOffset(0)]
    public uint Magic;

    [FieldOffset(4)]
    public uint Version;

    /// <summary>Of each ring: a power of two.</summary>
    [FieldOffset(8)]
    public uint RingBytes;

    /// <summary>No payload may be longer.</summary>
    [FieldOffset(12)]
    public uint MaxMessageBytes;

    /// <summary>The thread of the worker with whose end the kernel wakes the host's readers (<see cref="Interop.Libc.WatchEnd"/>); 0: none.</summary>
    [FieldOffset(16)]
    public uint WatchedThread;

    [FieldOffset(128)]
    public RingLines ToWorker;

    [FieldOffset(128 + RingLines.Bytes)]
    public RingLines ToHost;
}

/// <summary>What the two ends of one ring tell each other, by who writes it and how often: each group on lines of its own, two of them, since processors fetch pairs.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct RingLines
{
    public const int Bytes = 512;

    /// <summary>How many bytes the writer has ever shown; never wraps.</summary>
    [FieldOffset(0)]
    public ulong Tail;

    /// <summary>The processor that the writer was on when it did, plus one; 0: none yet. With <see cref="Tail"/>, since who looks at one looks at the other.</summary>
    [FieldOffset(8)]
    public int WriterProcessor;

    /// <summary>How many bytes the reader has ever done with.</summary>
    [FieldOffset(128)]
    public ulong Head;

    /// <summary>Which of the two sleeping flags counts: 0 or 1. The worker has one reader; the host two, which take turns.</summary>
    [FieldOffset(256)]
    public uint Reader;

    /// <summary>Not 0 while that reader sleeps, or is about to: 1, or at the host what the kernel looks for when the worker ends. Who wakes it sets 0.</summary>
    [FieldOffset(260)]
    public uint FirstSleeps;

    [FieldOffset(264)]
    public uint SecondSleeps;

    /// <summary>1 while the writer sleeps until there is room.</summary>
    [FieldOffset(384)]
    public uint WriterSleeps;
}
