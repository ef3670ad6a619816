using System.Threading.Tasks.Sources;

namespace Hardening.Pool.Mapping;

/// <summary>
/// Hands jobs from any threads to one, many at a time: whoever takes gets all there are. One that finds none can wait, and is woken on the thread pool, once, by the first that comes.
/// Costs one compare-and-swap for each chain that is put in, and allocates nothing.
/// </summary>
internal sealed class JobStack : IValueTaskSource
{
    private static readonly MapJob Waiting = new(null!, 0); // the taker waits
    private static readonly MapJob Closed = new(null!, 0);

    private ManualResetValueTaskSourceCore<bool> _woken = new() { RunContinuationsAsynchronously = true };
    private MapJob? _top;

    /// <summary>Whether there is none; of the moment.</summary>
    public bool IsEmpty => Volatile.Read(ref _top) is var top && (top is null || ReferenceEquals(top, Waiting) || ReferenceEquals(top, Closed));

    /// <summary>Puts one in.</summary>
    /// <returns>False when it is closed: the job stays with the caller.</returns>
    public bool TryPush(MapJob job) => TryPush(job, job);

    /// <summary>Puts a chain in.</summary>
    /// <param name="first">The one to be on top.</param>
    /// <param name="last">The last that can be reached from it.</param>
    /// <returns>False when it is closed: the jobs stay with the caller.</returns>
    public bool TryPush(MapJob first, MapJob last)
    {
        var top = Volatile.Read(ref _top);
        while (!ReferenceEquals(top, Closed))
        {
            last.Next = ReferenceEquals(top, Waiting) ? null : top;
            var seen = Interlocked.CompareExchange(ref _top, first, top);
            if (ReferenceEquals(seen, top))
            {
                if (ReferenceEquals(top, Waiting))
                {
                    _woken.SetResult(true);
                }

                return true;
            }

            top = seen;
        }

        last.Next = null;
        return false;
    }

    /// <summary>Takes all, the last that came first; null when there is none.</summary>
    public MapJob? TakeAll()
    {
        if (IsEmpty)
        {
            return null;
        }

        var top = Volatile.Read(ref _top);
        while (!ReferenceEquals(top, Closed))
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

    /// <summary>By the one that takes: is complete once there is a job, or somebody calls <see cref="Wake"/>, or it is closed.</summary>
    /// <param name="needsNoWait">Asked once more when a <see cref="Wake"/> can no longer be missed.</param>
    /// <param name="state">What it is asked about.</param>
    public ValueTask WaitAsync<TState>(Func<TState, bool> needsNoWait, TState state)
    {
        _woken.Reset();
        if (Interlocked.CompareExchange(ref _top, Waiting, null) is not null)
        {
            return default;
        }

        if (needsNoWait(state))
        {
            Wake();
        }

        return new ValueTask(this, _woken.Version);
    }

    /// <summary>Wakes the one that waits, if it does.</summary>
    public void Wake()
    {
        if (ReferenceEquals(Interlocked.CompareExchange(ref _top, null, Waiting), Waiting))
        {
            _woken.SetResult(true);
        }
    }

    /// <summary>Takes no more.</summary>
    /// <returns>What was in it.</returns>
    public MapJob? Close()
    {
        var top = Interlocked.Exchange(ref _top, Closed);
        if (ReferenceEquals(top, Waiting))
        {
            _woken.SetResult(true);
            return null;
        }

        return ReferenceEquals(top, Closed) ? null : top;
    }

    void IValueTaskSource.GetResult(short token) => _woken.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _woken.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _woken.OnCompleted(continuation, state, token, flags);
}
