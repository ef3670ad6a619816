using System.Buffers.Binary;

namespace Hardening.Camera;

/// <summary>
/// The chunks of a frame, from the last to the first. Each is its data, then its id and its size (GigE Vision: 4 bytes each, the highest first), so they can
/// only be found from the end. The first one in memory is the picture. What came is not trusted: nothing outside of the frame is ever read.
/// </summary>
internal ref struct ChunkTrail(ReadOnlySpan<byte> frame)
{
    private const int TagBytes = 8;

    private readonly ReadOnlySpan<byte> _frame = frame;
    private int _end = frame.Length;

    /// <summary>Which chunk this is.</summary>
    public uint Id { get; private set; }

    /// <summary>Its data.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Whether all chunks were passed and their sizes add up to the frame.</summary>
    public readonly bool IsWhole => _end == 0;

    public bool MoveNext()
    {
        if (_end < TagBytes)
        {
            return false;
        }

        var tag = _frame.Slice(_end - TagBytes, TagBytes);
        var size = BinaryPrimitives.ReadUInt32BigEndian(tag[4..]);
        if (size > _end - TagBytes)
        {
            return false;
        }

        Id = BinaryPrimitives.ReadUInt32BigEndian(tag);
        _end -= TagBytes + (int)size;
        Data = _frame.Slice(_end, (int)size);
        return true;
    }
}
