namespace Hardening.Processes;

/// <summary>A queue of bytes that takes memory as it fills, up to its capacity. For one thread at a time.</summary>
internal sealed class ByteRing(int capacity)
{
    private byte[] _bytes = [];
    private int _capacity = capacity;
    private int _first;

    public int Count { get; private set; }

    public int Room => _capacity - Count;

    public void Enlarge(int capacity) => _capacity += capacity;

    /// <summary>Adds bytes for which there is <see cref="Room"/>.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Reserve(Count + bytes.Length);
        var end = (_first + Count) % _bytes.Length;
        var straight = Math.Min(bytes.Length, _bytes.Length - end);
        bytes[..straight].CopyTo(_bytes.AsSpan(end));
        bytes[straight..].CopyTo(_bytes);
        Count += bytes.Length;
    }

    /// <summary>Takes the oldest bytes, as many as there are and fit.</summary>
    public int Take(Span<byte> bytes)
    {
        var taken = CopyTo(bytes);
        Drop(taken);
        return taken;
    }

    /// <summary>Copies the oldest bytes, as many as there are and fit, which stay.</summary>
    public int CopyTo(Span<byte> bytes)
    {
        var copied = Math.Min(bytes.Length, Count);
        var straight = Math.Min(copied, _bytes.Length - _first);
        _bytes.AsSpan(_first, straight).CopyTo(bytes);
        _bytes.AsSpan(0, copied - straight).CopyTo(bytes[straight..]);
        return copied;
    }

    /// <summary>Forgets this many of the oldest bytes.</summary>
    public void Drop(int count)
    {
        Count -= count;
        _first = Count == 0 ? 0 : (_first + count) % _bytes.Length;
    }

    private void Reserve(int count)
    {
        if (count <= _bytes.Length)
        {
            return;
        }

        var larger = new byte[Math.Min(_capacity, Math.Max(Math.Max(count, 4096), _bytes.Length * 2L))];
        var kept = Count;
        Take(larger);
        (_bytes, _first, Count) = (larger, 0, kept);
    }
}
