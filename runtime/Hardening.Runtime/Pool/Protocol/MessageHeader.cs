using System.Runtime.InteropServices;

namespace Hardening.Pool.Protocol;

/// <summary>The first 32 bytes of each message, little endian. Frame references follow, then the payload (docs/worker-protocol.md).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MessageHeader
{
    /// <summary>"HRDW" as it lies in memory.</summary>
    public const uint MagicNumber = 0x57445248;

    public const byte ProtocolVersion = 1;

    public const int Bytes = 32;

    /// <summary>The most frames that a job or a result can refer to.</summary>
    public const int MaxFrames = 8;

    public uint Magic;
    public byte Version;
    public MessageKind Kind;
    public ushort Frames;

    /// <summary>Of the job that the message is about; else 0.</summary>
    public ulong Id;

    public uint PayloadBytes;

    /// <summary>In a job: after how many milliseconds from its start it should give up by itself; 0: never.</summary>
    public uint SoftLimit;

    /// <summary>0.</summary>
    public uint Reserved;

    /// <summary>CRC-32 (IEEE 802.3, as in zlib) of the 28 bytes before it.</summary>
    public uint Checksum;

    /// <summary>How many bytes follow the header.</summary>
    public readonly long Following => (Frames * (long)FrameReference.Bytes) + PayloadBytes;
}
