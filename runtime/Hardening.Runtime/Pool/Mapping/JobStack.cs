using System.Threading.Tasks.Sources;

namespace Hardening.Pool.Mapping;

/// <summary>
/// Hands jobs from any threads to one, many at a time: whoever takes gets all there are. One that finds none can wait, and is woken on the thread pool. Costs one compare-and-swap for each chain that
/// is put in, and allocates nothing.
/// </summary>
internal sealed class JobStack : IValueTaskSource
{
    private static readonly MapJob Closed = new(null!, 0);

    private ManualResetValueTaskSourceCore<bool> _woken = new() { RunContinuationsAsynchronously = true };
    private MapJob? _top;
    private bool _isWaiting;

    /// <summary>Whether there is none; of the moment.</summary>
    public bool IsEmpty => Volatile.Read(ref _top) is var top && (top is null || ReferenceEquals(top, Closed));

    /// <summary>How many there are, a chain counted as one; of the moment.</summary>
    public int Depth => Volatile.Read(ref _top)?.Depth ?? 0;

    /// <summary>Whether the taker waits; whoever has put a job in looks, and says with <see cref="Wake"/> that it is worth it.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting);

    /// <summary>Puts one in.</summary>
    /// <returns>How many are in it now; 0 when it is closed: the job stays with the caller.</returns>
    public int Push(MapJob job) => Push(job, job);

    /// <summary>Puts a chain in.</summary>
    /// <param name="first">The one to be on top.</param>
    /// <param name="last">The last that can be reached from it.</param>
    /// <returns>How many are in it now, a chain counted as one; 0 when it is closed: the jobs stay with the caller.</returns>
    public int Push(MapJob first, MapJob last)
    {
        var top = Volatile.Read(ref _top);
        while (!ReferenceEquals(top, Closed))
        {
            last.Next = top;
            var depth = first.Depth = 1 + (top?.Depth ?? 0);
            var seen = Interlocked.CompareExchange(ref _top, first, top);
            if (ReferenceEquals(seen, top))
            {
                return depth;
            }

            top = seen;
        }

        last.Next = null;
        return 0;
    }

    /// <summary>Takes all, the last that came first; null when there is none.</summary>
    public MapJob? TakeAll()
    {
        var top = Volatile.Read(ref _top);
        while (top is not null && !ReferenceEquals(top, Closed))
        {
            var seen = Interlocked.CompareExchange(ref _top, null, top);
            if (ReferenceEquals(seen, top))
            {
                return top;
            }

            top = seen;
        }

        return null;
    }

    /// <summary>Takes all, in the order of their coming.</summary>
    public MapJob? TakeAllInOrder()
    {
        MapJob? first = null;
        for (var job = TakeAll(); job is not null;)
        {
            (job.Next, first, job) = (first, job, job.Next);
        }

        return first;
    }

    /// <summary>By the one that takes: is complete when there is a job, or with the next <see cref="Wake"/>, or when it is closed.</summary>
    /// <param name="needsNoWait">Asked when a <see cref="Wake"/> can no longer be missed.</param>
    /// <param name="state">What it is asked about.</param>
    public ValueTask WaitAsync<TState>(Func<TState, bool> needsNoWait, TState state)
    {
        _woken.Reset();
        Interlocked.Exchange(ref _isWaiting, true);
        if (Volatile.Read(ref _top) is not null || needsNoWait(state))
        {
            Wake();
        }

        return new ValueTask(this, _woken.Version);
    }

    /// <summary>Wakes the one that waits, if it does.</summary>
    public void Wake()
    {
        if (IsWaiting && Interlocked.Exchange(ref _isWaiting, false))
        {
            _woken.SetResult(true);
        }
    }

    /// <summary>Takes no more.</summary>
    /// <returns>What was in it.</returns>
    public MapJob? Close()
    {
        var top = Interlocked.Exchange(ref _top, Closed);
        Wake();
        return ReferenceEquals(top, Closed) ? null : top;
    }

    void IValueTaskSource.GetResult(short token) => _woken.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _woken.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _woken.OnCompleted(continuation, state, token, flags);
}
