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

    /// <summary>Whether the constants, the number of frames and the checksum are as they must be. Lengths are for the reader to judge, who knows its limit.</summary>
    public readonly bool IsValid => Magic == MagicNumber && Version == ProtocolVersion && Frames <= MaxFrames && Checksum == ComputeChecksum();

    /// <summary>How many bytes follow the header.</summary>
    public readonly long Following => (Frames * (long)FrameReference.Bytes) + PayloadBytes;

    /// <summary>Puts in the constants, and the checksum of what is there: the last step before it is written.</summary>
    public void Seal()
    {
        Magic = MagicNumber;
        Version = ProtocolVersion;
        Reserved = 0;
        Checksum = ComputeChecksum();
    }

    /// <summary>What is wrong with it, for the message of an exception.</summary>
    /// <param name="maxPayload">No payload may be longer.</param>
    public readonly string Describe(int maxPayload) => this switch
    {
        { Magic: not MagicNumber } => $"its first four bytes are 0x{Magic:X8} instead of 0x{MagicNumber:X8}",
        { Version: not ProtocolVersion } => $"it is of version {Version} of the protocol, and this is version {ProtocolVersion}",
        _ when Checksum != ComputeChecksum() => $"its checksum is 0x{Checksum:X8}, and 0x{ComputeChecksum():X8} would be right",
        { Frames: > MaxFrames } => $"it has {Frames} frames, and {MaxFrames} are the most",
        _ when PayloadBytes > maxPayload => $"its payload has {PayloadBytes:N0} bytes, and {maxPayload:N0} are allowed",
        _ => $"it is of kind {(byte)Kind}, with {Frames} frames and {PayloadBytes:N0} bytes",
    };

    private readonly uint ComputeChecksum() => Crc32.Compute(MemoryMarshal.AsBytes(new ReadOnlySpan<MessageHeader>(in this)));
}
