using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>Who waited for whose lock in the stall.</summary>
internal sealed class LockFacts
{
    // Waits in a circle that began only now may just be late news of an owner that has long let go.
    private const double CycleShare = 0.25;

    private readonly StallFacts _facts;

    public LockFacts(StallFacts facts) => _facts = facts;

    private StallWindow Window => _facts.Window;

    /// <summary>The waits of a thread for locks of .NET that overlap the stall.</summary>
    public IReadOnlyList<LockWait> WaitsOf(int threadId) => [.. Window.LockWaits.Where(wait => wait.WaiterThreadId == threadId && Overlap(wait) > 0)];

    /// <summary>Seconds of a wait that lie in the stall.</summary>
    public double Overlap(LockWait wait) => Math.Max(0, Math.Min(wait.End == 0 ? Window.StallEnd : wait.End, Window.StallEnd) - Math.Max(wait.Start, Window.StallStart)) * 1e-9;

    /// <summary>The threads that waited for a lock at one time, at most.</summary>
    public int Waiters(ulong lockId)
    {
        var waits = Window.LockWaits.Where(wait => wait.LockId == lockId && Overlap(wait) > 0).ToArray();
        return waits.Select(at => waits.Where(wait => wait.Start <= at.Start && (wait.End == 0 || wait.End > at.Start)).Select(wait => wait.WaiterThreadId).Distinct().Count()).DefaultIfEmpty().Max();
    }

    /// <summary>The thread that held a lock for most of the waits for it, as they tell; 0 when unknown.</summary>
    public int Owner(ulong lockId) =>
        Window.LockWaits.Where(wait => wait.LockId == lockId && wait.OwnerThreadId > 0 && Overlap(wait) > 0)
            .GroupBy(wait => wait.OwnerThreadId).OrderByDescending(group => group.Sum(Overlap)).ThenBy(group => group.Key).FirstOrDefault()?.Key ?? 0;

    /// <summary>The locks of .NET that several threads waited for, with the share of the stall in which one thread waited at least; the longest first.</summary>
    public IReadOnlyList<(ulong LockId, int Owner, int Waiters, double Share)> Crowds() =>
    [
        .. Window.LockWaits.Where(wait => Overlap(wait) > 0).GroupBy(wait => wait.LockId)
            .Select(group => (LockId: group.Key, Owner: Owner(group.Key), Waiters: Waiters(group.Key), Share: Math.Min(1, group.GroupBy(wait => wait.WaiterThreadId).Max(own => own.Sum(Overlap)) / _facts.Duration)))
            .Where(crowd => crowd.Waiters > 1)
            .OrderByDescending(crowd => crowd.Share).ThenByDescending(crowd => crowd.Waiters).ThenBy(crowd => crowd.LockId),
    ];

    /// <summary>All threads that wait for a lock.</summary>
    public IEnumerable<int> WaitingThreads => Window.LockWaits.Where(wait => Overlap(wait) > 0).Select(wait => wait.WaiterThreadId).Concat(_facts.Stacks.Locks.SelectMany(held => held.WaiterThreadIds)).Distinct().Order();

    /// <summary>All threads that held or waited for a lock.</summary>
    public IReadOnlyList<int> Members(ulong lockId) =>
        [.. Window.LockWaits.Where(wait => wait.LockId == lockId && Overlap(wait) > 0).SelectMany(wait => new[] { wait.OwnerThreadId, wait.WaiterThreadId }).Where(id => id > 0).Distinct()];

    /// <summary>The lock of .NET that stacks say this thread waits for.</summary>
    public HeldLock? HeldAgainst(int threadId) => _facts.Stacks.Locks.FirstOrDefault(held => held.OwnerThreadId != threadId && held.WaiterThreadIds.Contains(threadId));

    /// <summary>The threads that wait for each other in a circle that this thread waits for or is in, in order; empty when there is none.</summary>
    public IReadOnlyList<int> Cycle(int threadId)
    {
        var waitsFor = Edges();
        var path = new List<int>();
        var at = threadId;
        while (waitsFor.TryGetValue(at, out var edge))
        {
            var seen = path.IndexOf(at);
            if (seen >= 0)
            {
                return IsOne([.. path[seen..].Select(thread => waitsFor[thread])]) ? path[seen..] : [];
            }

            path.Add(at);
            at = edge.Owner;
        }

        return [];
    }

    // In a circle each waits for another lock; and what a snapshot saw and what was heard at another time make circles of threads that take turns.
    private static bool IsOne(IReadOnlyList<Edge> circle) =>
        circle.DistinctBy(edge => edge.Lock).Count() == circle.Count && !(circle.Any(edge => edge.By == Source.Snapshot) && circle.Any(edge => edge.By == Source.Waits));

    /// <summary>The futex that a thread waited at in most deep samples, with all threads that waited at it then.</summary>
    public FutexWait? Futex(int threadId)
    {
        var groups = new Dictionary<ulong, (int Samples, HashSet<int> Waiters, int Most)>();
        var samples = 0;
        foreach (var interval in _facts.Intervals.Where(interval => interval.Sample.Sample.IsDeep))
        {
            samples++;
            if (interval.Row(threadId) is not { } row || !WaitPlaces.IsFutex(row))
            {
                continue;
            }

            var waiters = interval.Sample.Threads.Where(other => WaitPlaces.IsFutex(other) && other.Argument == row.Argument).Select(other => other.ThreadId).Distinct().ToArray();
            var group = groups.GetValueOrDefault(row.Argument, (0, [], 0));
            group.Waiters.UnionWith(waiters);
            groups[row.Argument] = (group.Samples + 1, group.Waiters, Math.Max(group.Most, waiters.Length));
        }

        if (groups.Count == 0)
        {
            return null;
        }

        var (address, most) = groups.OrderByDescending(group => group.Value.Samples).ThenBy(group => group.Key).First();
        return new FutexWait(address, Window.FutexOwners.GetValueOrDefault(address), most.Most, [.. most.Waiters.Order()], (double)most.Samples / samples);
    }

    /// <summary>Native locks that are waited for: those whose owner is known, and those of a crowd. Others may be idle workers of a library.</summary>
    public IReadOnlyList<FutexWait> Futexes()
    {
        var deep = _facts.Intervals.Where(interval => interval.Sample.Sample.IsDeep).ToArray();
        return
        [
            .. deep.SelectMany(interval => interval.Sample.Threads.Where(WaitPlaces.IsFutex).GroupBy(row => row.Argument).Select(group => (Address: group.Key, Waiters: group.Select(row => row.ThreadId).Distinct().ToArray())))
                .GroupBy(group => group.Address)
                .Select(group => new FutexWait(group.Key, Window.FutexOwners.GetValueOrDefault(group.Key), group.Max(at => at.Waiters.Length), [.. group.SelectMany(at => at.Waiters).Distinct().Order()], (double)group.Count() / deep.Length))
                .Where(futex => futex.Most >= LockRules.Convoy || futex.Owner > 0)
                .OrderByDescending(futex => futex.Most).ThenBy(futex => futex.Address),
        ];
    }

    // Who waits for whom, as of the end of the stall: a snapshot's locks are certain; of waits the latest news of each lock's owner counts.
    private Dictionary<int, Edge> Edges()
    {
        var edges = new Dictionary<int, Edge>();
        foreach (var held in _facts.Stacks.Locks.Where(held => held.OwnerThreadId > 0))
        {
            foreach (var waiter in held.WaiterThreadIds.Where(waiter => waiter != held.OwnerThreadId))
            {
                edges[waiter] = new Edge(held.OwnerThreadId, held.Address, Source.Snapshot);
            }
        }

        var at = Window.StallEnd - (Window.StallDuration / 10); // at the very end all may have let go
        foreach (var wanted in ContendedLocks.Of(Window.LockWaits, at).Where(wanted => wanted.OwnerThreadId > 0))
        {
            foreach (var waiter in wanted.WaiterThreadIds.Where(waiter => WaitsOf(waiter).Any(wait => wait.LockId == wanted.LockId && Overlap(wait) >= _facts.Duration * CycleShare)))
            {
                edges.TryAdd(waiter, new Edge(wanted.OwnerThreadId, wanted.LockId, Source.Waits));
            }
        }

        foreach (var (address, owner) in Window.FutexOwners)
        {
            foreach (var row in Window.Samples.LastOrDefault(sample => sample.Sample.IsDeep)?.Threads.Where(row => WaitPlaces.IsFutex(row) && row.Argument == address && row.ThreadId != owner) ?? [])
            {
                edges.TryAdd(row.ThreadId, new Edge(owner, address, Source.Futex));
            }
        }

        return edges;
    }

    private enum Source
    {
        Snapshot,
        Waits,
        Futex,
    }

    // Whom a thread waits for, at which lock, and how that is known.
    private readonly record struct Edge(int Owner, ulong Lock, Source By);
}

/// <summary>Threads at one futex.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Owner">The thread that holds its lock; 0 when unknown.</param>
/// <param name="Most">How many waited at once, at most.</param>
/// <param name="Waiters">All that were seen there.</param>
/// <param name="Share">The share of the deep samples in which the stalled thread waited there.</param>
internal sealed record FutexWait(ulong Address, int Owner, int Most, IReadOnlyList<int> Waiters, double Share);
