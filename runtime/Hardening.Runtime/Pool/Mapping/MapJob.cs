using System.Buffers;
using Hardening.Pool.Jobs;

namespace Hardening.Pool.Mapping;

/// <summary>A job of a map: it passes from the source to the pool, to the consumer and back, from one <see cref="JobStack"/> to the next.</summary>
/// <param name="sink">Told of its end.</param>
/// <param name="slot">Its place among the jobs of its map.</param>
internal sealed class MapJob(IJobSink sink, int slot) : SinkJob(sink)
{
    private const int LargestKeptBuffer = 1 << 20; // a rare large request is not kept for ever

    private ArrayBufferWriter<byte>? _written;

    public int Slot { get; } = slot;

    /// <summary>The next one in the stack that it is in.</summary>
    public MapJob? Next { get; set; }

    /// <summary>How many are in the stack that it is on top of.</summary>
    public int Depth { get; set; }

    /// <summary>An empty buffer of its own, for the bytes of its request.</summary>
    public ArrayBufferWriter<byte> NewRequest()
    {
        if (_written is null || _written.Capacity > LargestKeptBuffer)
        {
            _written = new ArrayBufferWriter<byte>();
        }

        _written.ResetWrittenCount();
        return _written;
    }
}
