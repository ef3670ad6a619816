using Hardening.FaultLab.Truth;

namespace Hardening.FaultLab.Application;

/// <summary>Work on the thread pool: an item every 20 ms. How long an item waits is the pool's gap.</summary>
internal sealed class PoolActivity(TimeProvider time)
{
    private const int MostWaiting = 500;
    private const int MostKept = 20_000;

    private readonly Lock _gate = new();
    private readonly List<(long Queued, long Begun)> _late = [];
    private int _waiting;
    private int _turn;
    private long _done;

    public long Done => Volatile.Read(ref _done);

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Called every 10 ms.</summary>
    public void Cycle()
    {
        if (++_turn % 2 == 0 && Waiting < MostWaiting)
        {
            Interlocked.Increment(ref _waiting);
            ThreadPool.UnsafeQueueUserWorkItem(new Item(this, time.Nanoseconds()), preferLocal: false);
        }
    }

    /// <summary>Items that waited at the same time are one gap, as long as the longest wait among them: a queue that is always a little late is no long gap.</summary>
    public IReadOnlyList<Gap> TakeGaps()
    {
        lock (_gate)
        {
            return Join(_late);
        }
    }

    internal static IReadOnlyList<Gap> Join(IEnumerable<(long Queued, long Begun)> late)
    {
        var gaps = new List<Gap>();
        var end = long.MinValue;
        foreach (var (queued, begun) in late.OrderBy(item => item.Queued))
        {
            var gap = new Gap(Activities.Pool, queued, begun, 0, 0, 0);
            if (queued > end)
            {
                gaps.Add(gap);
            }
            else if (gap.Length > gaps[^1].Length)
            {
                gaps[^1] = gap;
            }

            end = Math.Max(end, begun);
        }

        return gaps;
    }

    private void Begun(long queued)
    {
        var now = time.Nanoseconds();
        Interlocked.Decrement(ref _waiting);
        Interlocked.Increment(ref _done);
        if (now - queued >= GapRecorder.Least)
        {
            lock (_gate)
            {
                if (_late.Count < MostKept)
                {
                    _late.Add((queued, now));
                }
            }
        }
    }

    private sealed class Item(PoolActivity activity, long queued) : IThreadPoolWorkItem
    {
        public void Execute() => activity.Begun(queued);
    }
}
