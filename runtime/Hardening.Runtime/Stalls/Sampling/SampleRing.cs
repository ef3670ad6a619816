namespace Hardening.Stalls.Sampling;

/// <summary>
/// The last samples with their rows. One thread writes and never waits; any thread copies, and takes nothing that was written over meanwhile: a slot's version says which sample it holds and whether it is
/// being written, and the writer says of rows which it is about to write over.
/// </summary>
internal sealed class SampleRing(int samples, int rows)
{
    private readonly Slot[] _slots = TouchedMemory.Allocate<Slot>(samples);
    private readonly ThreadSample[] _rows = TouchedMemory.Allocate<ThreadSample>(rows);
    private long _written; // samples
    private long _rowsTaken; // rows that are written, or are about to be

    /// <summary>Adds a sample, which takes the place of the oldest; its rows that of the oldest rows.</summary>
    public void Add(in Sample sample, ReadOnlySpan<ThreadSample> threads)
    {
        threads = threads[..Math.Min(threads.Length, rows)];
        var first = _rowsTaken;
        Volatile.Write(ref _rowsTaken, first + threads.Length);
        ref var slot = ref _slots[_written % samples];
        Volatile.Write(ref slot.Version, (_written * 2) + 1);
        Interlocked.MemoryBarrier(); // neither mark may come after what it warns of
        var at = (int)(first % rows);
        var head = Math.Min(threads.Length, rows - at);
        threads[..head].CopyTo(_rows.AsSpan(at));
        threads[head..].CopyTo(_rows);
        slot.Sample = sample;
        slot.FirstRow = first;
        slot.RowCount = threads.Length;
        Volatile.Write(ref slot.Version, (_written * 2) + 2);
        Volatile.Write(ref _written, _written + 1);
    }

    /// <summary>Copies the samples whose time is from <paramref name="from"/> to <paramref name="to"/>, the oldest first. One whose rows are written over says so by <see cref="ProcessSample.Omitted"/>.</summary>
    public List<WindowSample> Copy(long from, long to)
    {
        var copies = new List<WindowSample>();
        var end = Volatile.Read(ref _written);
        for (var number = Math.Max(0, end - samples); number < end; number++)
        {
            if (TryCopy(number, from, to) is { } copy)
            {
                copies.Add(copy);
            }
        }

        return copies;
    }

    private WindowSample? TryCopy(long number, long from, long to)
    {
        ref var slot = ref _slots[number % samples];
        var version = (number * 2) + 2;
        if (Volatile.Read(ref slot.Version) != version)
        {
            return null;
        }

        var (sample, first, count) = (slot.Sample, slot.FirstRow, slot.RowCount);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref slot.Version) != version || sample.Time < from || sample.Time > to)
        {
            return null;
        }

        var threads = new ThreadSample[count];
        var at = (int)(first % rows);
        var head = Math.Min(count, rows - at);
        _rows.AsSpan(at, head).CopyTo(threads);
        _rows.AsSpan(0, count - head).CopyTo(threads.AsSpan(head));
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _rowsTaken) - rows > first)
        {
            sample.Process = sample.Process with { Omitted = sample.Process.Omitted + count };
            threads = [];
        }

        return new WindowSample(sample, threads);
    }

    private struct Slot
    {
        public long Version; // 2n + 1: sample n is being written; 2n + 2: it is here
        public Sample Sample;
        public long FirstRow;
        public int RowCount;
    }
}
