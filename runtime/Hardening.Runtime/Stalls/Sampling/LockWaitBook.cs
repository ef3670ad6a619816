namespace Hardening.Stalls.Sampling;

/// <summary>Keeps who waits for a lock and who has waited, in bounded room. A thread waits for one lock at a time. Safe for all threads; calls nobody under its lock.</summary>
internal sealed class LockWaitBook(int maxLive = 4096, int maxEnded = 4096)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (LockWait Wait, long KnownUntil)> _live = [];
    private readonly LockWait[] _ended = new LockWait[maxEnded];
    private long _endedCount;

    /// <summary>How many waits were left out since more were under way at once than there is room for.</summary>
    public long Omitted { get; private set; }

    public void Began(in LockWait wait)
    {
        lock (_gate)
        {
            EndUnderLock(wait.WaiterThreadId, wait.Start); // its end was not heard
            if (_live.Count < maxLive)
            {
                _live.Add(wait.WaiterThreadId, (wait, KnownUntil: 0));
            }
            else
            {
                Omitted++;
            }
        }
    }

    public void Ended(int waiterThreadId, long at)
    {
        lock (_gate)
        {
            EndUnderLock(waiterThreadId, at);
        }
    }

    /// <summary>From now on ends are not heard for a while: of a wait that is later found to be over it is known until now alone.</summary>
    public void Deafen(long at)
    {
        lock (_gate)
        {
            foreach (var (waiter, (wait, known)) in _live)
            {
                _live[waiter] = (wait, known != 0 ? known : Math.Max(at, wait.Start));
            }
        }
    }

    /// <summary>The wait was found to be over, and its end was not heard: it is kept as far as it is known, and forgotten if that is not at all.</summary>
    public void Lose(in LockWait found)
    {
        lock (_gate)
        {
            if (_live.TryGetValue(found.WaiterThreadId, out var entry) && entry.Wait == found)
            {
                _live.Remove(found.WaiterThreadId);
                if (entry.KnownUntil != 0)
                {
                    KeepUnderLock(found with { End = entry.KnownUntil });
                }
            }
        }
    }

    /// <summary>The waits that are under way, and those of them whose end may have gone unheard.</summary>
    public (IReadOnlyList<LockWait> All, IReadOnlyList<LockWait> Doubtful) UnderWay()
    {
        lock (_gate)
        {
            return (LiveUnderLock(doubtful: false), LiveUnderLock(doubtful: true));
        }
    }

    /// <summary>The waits that were under way at a time or began after it: those that are under way still first, then those that ended last.</summary>
    public IReadOnlyList<LockWait> Since(long time)
    {
        List<LockWait> ended = [];
        List<LockWait> live;
        lock (_gate)
        {
            live = LiveUnderLock(doubtful: false);
            for (var i = _endedCount - 1; i >= Math.Max(0, _endedCount - maxEnded); i--)
            {
                ended.Add(_ended[i % maxEnded]);
            }
        }

        return [.. live.OrderBy(wait => wait.Start), .. ended.Where(wait => wait.End >= time)];
    }

    private List<LockWait> LiveUnderLock(bool doubtful)
    {
        var live = new List<LockWait>(_live.Count);
        foreach (var (wait, knownUntil) in _live.Values)
        {
            if (!doubtful || knownUntil != 0)
            {
                live.Add(wait);
            }
        }

        return live;
    }

    private void EndUnderLock(int waiter, long at)
    {
        if (_live.Remove(waiter, out var entry))
        {
            KeepUnderLock(entry.Wait with { End = Math.Max(entry.KnownUntil != 0 ? entry.KnownUntil : at, entry.Wait.Start + 1) });
        }
    }

    private void KeepUnderLock(in LockWait wait) => _ended[_endedCount++ % maxEnded] = wait;
}
