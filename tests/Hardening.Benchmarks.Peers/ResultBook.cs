namespace Hardening.Benchmarks.Peers;

/// <summary>Where results go: how many, how late, whether right and in order. Allocates nothing after its making.</summary>
public sealed class ResultBook
{
    private readonly DriverMemory _memory;
    private readonly Page[] _pages;
    private long _from = long.MaxValue;
    private long _until = long.MaxValue;

    public ResultBook(Workload workload, DriverMemory memory)
    {
        ArgumentNullException.ThrowIfNull(workload);
        _memory = memory;
        var most = workload.IsPaced ? (int)((workload.WarmUp + workload.Seconds + 2) * workload.Rate) + 16 : 1 << 16;
        _pages = [.. Enumerable.Range(0, workload.Cameras).Select(_ => new Page(most))];
    }

    /// <summary>Results so far, of all cameras.</summary>
    public long Done => _pages.Sum(page => Volatile.Read(ref page.Done));

    public long OutOfOrder => _pages.Sum(page => page.OutOfOrder);

    public long Wrong => _pages.Sum(page => page.Wrong);

    /// <summary>Only frames that were due in this time count for the latency.</summary>
    public void Count(long from, long until)
    {
        Volatile.Write(ref _until, until);
        Volatile.Write(ref _from, from);
    }

    public long DoneOf(int camera) => Volatile.Read(ref _pages[camera].Done);

    public void Add(in DriverFrame frame, FrameFindings findings)
    {
        var now = MonotonicClock.Now;
        var page = _pages[frame.Camera];
        lock (page.Gate)
        {
            page.Done++;
            page.OutOfOrder += frame.Sequence <= page.Last ? 1 : 0;
            page.Last = Math.Max(page.Last, frame.Sequence);
            page.Wrong += _memory.IsRight(frame.Image, findings) ? 0 : 1;
            if (frame.Due >= Volatile.Read(ref _from) && frame.Due < Volatile.Read(ref _until))
            {
                page.Latencies[page.Count++ % page.Latencies.Length] = now - frame.Due;
            }
        }
    }

    /// <summary>The numbers of a camera begin anew.</summary>
    public void Restart(int camera) => _pages[camera].Last = -1;

    /// <summary>Nanoseconds, sorted, of the cameras that are wanted.</summary>
    public long[] Latencies(Func<int, bool> isWanted)
    {
        List<long> all = [];
        for (var camera = 0; camera < _pages.Length; camera++)
        {
            if (isWanted(camera))
            {
                all.AddRange(_pages[camera].Latencies.AsSpan(0, Math.Min(_pages[camera].Count, _pages[camera].Latencies.Length)));
            }
        }

        all.Sort();
        return [.. all];
    }

    private sealed class Page(int most)
    {
        public readonly object Gate = new();
        public readonly long[] Latencies = Touched(most);
        public long Done;
        public long OutOfOrder;
        public long Wrong;
        public long Last = -1;
        public int Count;

        // Its pages are in memory before it counts.
        private static long[] Touched(int length)
        {
            var array = GC.AllocateUninitializedArray<long>(length);
            Array.Fill(array, 1);
            return array;
        }
    }
}
