using System.Buffers;

namespace Hardening.Pool.Serving;

/// <summary>What a handler writes as its result: one array, which grows to the largest and is used for all.</summary>
internal sealed class ResultBuffer(int limit) : IBufferWriter<byte>
{
    private const int FirstBytes = 4096;
    private const int KeptBytes = 1 << 20; // a single large result shall not be paid for ever

    private byte[] _bytes = new byte[FirstBytes];
    private int _count;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _count);

    public void Clear()
    {
        _count = 0;
        if (_bytes.Length > KeptBytes)
        {
            _bytes = new byte[FirstBytes];
        }
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _count);
        RefuseBeyondLimit(count);
        _count += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_count);
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var wanted = Math.Max(1, sizeHint);
        if (wanted <= _bytes.Length - _count)
        {
            return;
        }

        RefuseBeyondLimit(sizeHint);
        Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max((long)_count + wanted, 2L * _bytes.Length)));
    }

    private void RefuseBeyondLimit(int more)
    {
        if ((long)_count + more > limit)
        {
            throw new InvalidOperationException($"The result is longer than {limit:N0} bytes, the longest message of this pool: raise MaxMessageBytes in its options, or return images as a frame (ResultSlots).");
        }
    }
}
