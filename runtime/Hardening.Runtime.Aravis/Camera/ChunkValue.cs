using System.Buffers.Binary;

namespace Hardening.Camera;

/// <summary>Where a value is in the chunks of a frame, and how it is written.</summary>
/// <param name="Name">The name of its feature.</param>
/// <param name="ChunkId">The chunk that it is in.</param>
/// <param name="Offset">The first of its bytes in the chunk.</param>
/// <param name="Length">Its bytes, 1 to 8.</param>
internal sealed record ChunkValue(string Name, uint ChunkId, int Offset, int Length)
{
    /// <summary>Whether it is a floating-point number, of 4 or 8 bytes.</summary>
    public bool IsFloat { get; init; }

    /// <summary>Whether its highest byte comes first.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>Whether its highest bit is a sign.</summary>
    public bool IsSigned { get; init; }

    /// <summary>The lowest of its bits, counted from the lowest of the bytes.</summary>
    public int LowBit { get; init; }

    /// <summary>How many bits it has; 0: all.</summary>
    public int Bits { get; init; }

    /// <summary>Reads it, without allocating; false when the chunk is too short for it.</summary>
    public bool TryRead(ReadOnlySpan<byte> chunk, FrameMetadata metadata, int index)
    {
        if (chunk.Length < Offset + Length)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        var raw = chunk.Slice(Offset, Length);
        ulong bits;
        if (IsBigEndian)
        {
            raw.CopyTo(bytes[(8 - Length)..]);
            bits = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        }
        else
        {
            raw.CopyTo(bytes);
            bits = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        if (IsFloat)
        {
            metadata.Set(index, Length == 4 ? BitConverter.UInt32BitsToSingle((uint)bits) : BitConverter.UInt64BitsToDouble(bits));
        }
        else
        {
            metadata.Set(index, Integer(bits));
        }

        return true;
    }

    private long Integer(ulong bits)
    {
        var width = Bits > 0 ? Bits : Length * 8;
        var value = (bits >> LowBit) << (64 - width); // the value's bits at the top
        return IsSigned ? (long)value >> (64 - width) : (long)(value >> (64 - width));
    }
}
