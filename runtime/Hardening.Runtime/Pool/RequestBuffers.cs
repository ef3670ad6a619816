using System.Buffers;
using System.Collections.Concurrent;

namespace Hardening.Pool;

/// <summary>Buffers that requests are written into, used again and again, up to a bound.</summary>
internal sealed class RequestBuffers
{
    private const int MostKept = 64;
    private const int LargestKept = 1 << 20; // a rare large request is not kept for ever

    private readonly ConcurrentQueue<ArrayBufferWriter<byte>> _buffers = new();

    /// <summary>An empty one.</summary>
    public ArrayBufferWriter<byte> Rent() => _buffers.TryDequeue(out var buffer) ? buffer : new ArrayBufferWriter<byte>(256);

    /// <summary>Takes one back that nobody reads any more.</summary>
    public void Return(ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity <= LargestKept && _buffers.Count < MostKept)
        {
            buffer.ResetWrittenCount();
            _buffers.Enqueue(buffer);
        }
    }
}
