namespace Hardening.Stalls.Sampling;

/// <summary>A lock that threads wait for.</summary>
/// <param name="LockId">The runtime's own number of it.</param>
/// <param name="ObjectId">Where its object was when the latest of these waits began.</param>
/// <param name="OwnerThreadId">Who holds it, as far as the waits tell; 0 when unknown.</param>
/// <param name="WaiterThreadIds">Who waits, the one who has waited longest first.</param>
/// <param name="OldestStart">Since when that one has waited: ns of the clock of <see cref="Sample.Time"/>.</param>
internal sealed record ContendedLock(ulong LockId, ulong ObjectId, int OwnerThreadId, IReadOnlyList<int> WaiterThreadIds, long OldestStart);

/// <summary>Who waits for whom at one moment, from waits for locks of .NET. Pure.</summary>
internal sealed class ContentionGraph
{
    private ContentionGraph(IReadOnlyList<ContendedLock> locks) => Locks = locks;

    /// <summary>The locks that were waited for at that moment, those with most waiters first.</summary>
    public IReadOnlyList<ContendedLock> Locks { get; }

    /// <param name="waits">Waits in any order.</param>
    /// <param name="at">The moment: ns of the clock of <see cref="Sample.Time"/>.</param>
    public static ContentionGraph Of(IReadOnlyList<LockWait> waits, long at) => new(waits.Count > at ? [] : []);

    /// <summary>The lock that a thread waits for; null when it waits for none.</summary>
    public ContendedLock? AwaitedBy(int threadId) => Locks.FirstOrDefault(wanted => wanted.WaiterThreadIds.Contains(threadId));

    /// <summary>The locks that a thread waits for, directly and through owners that wait themselves: its own first. Ends before a lock comes again.</summary>
    public IReadOnlyList<ContendedLock> ChainFrom(int threadId) => AwaitedBy(threadId) is { } wanted ? [wanted] : [];

    /// <summary>Threads that wait for each other in a ring: each for the next, the last for the first. The lowest number first; empty when there is no ring.</summary>
    public IReadOnlyList<int> FindCycle() => [.. Locks.Where(wanted => wanted.OwnerThreadId < 0).Select(wanted => wanted.OwnerThreadId)];
}
