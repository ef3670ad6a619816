namespace Hardening.Stalls.Sampling;

/// <summary>A lock that threads wait for.</summary>
/// <param name="LockId">The runtime's own number of it.</param>
/// <param name="ObjectId">Where its object was when the latest of these waits began.</param>
/// <param name="OwnerThreadId">Who holds it, as far as the waits tell; 0 when unknown.</param>
/// <param name="WaiterThreadIds">Who waits, the one who has waited longest first.</param>
/// <param name="OldestStart">Since when that one has waited: ns of the clock of <see cref="Sample.Time"/>.</param>
internal sealed record ContendedLock(ulong LockId, ulong ObjectId, int OwnerThreadId, IReadOnlyList<int> WaiterThreadIds, long OldestStart);

/// <summary>What is waited for at one moment, from waits for locks of .NET. Pure.</summary>
internal static class ContendedLocks
{
    /// <summary>The locks that were waited for at that moment, those with most waiters first.</summary>
    /// <param name="waits">Waits in any order; those before the moment help to tell owners.</param>
    /// <param name="at">The moment: ns of the clock of <see cref="Sample.Time"/>.</param>
    public static IReadOnlyList<ContendedLock> Of(IReadOnlyList<LockWait> waits, long at)
    {
        var past = waits.Where(wait => wait.Start <= at).ToList();
        var byWaiter = past.ToLookup(wait => wait.WaiterThreadId);
        return
        [
            .. past.GroupBy(wait => wait.LockId)
                .Where(all => all.Any(wait => IsUnderWay(wait, at)))
                .Select(all => Describe(all, byWaiter, at))
                .OrderByDescending(contended => contended.WaiterThreadIds.Count)
                .ThenBy(contended => contended.OldestStart),
        ];
    }

    private static ContendedLock Describe(IEnumerable<LockWait> waits, ILookup<int, LockWait> byWaiter, long at)
    {
        var all = waits.ToList();
        var waiting = all.Where(wait => IsUnderWay(wait, at)).OrderBy(wait => wait.Start).ToList();
        int[] waiters = [.. waiting.Select(wait => wait.WaiterThreadId).Distinct()];
        var owner = OwnerOf(all, byWaiter, at);
        return new ContendedLock(all[0].LockId, waiting[^1].ObjectId, waiters.Contains(owner) ? 0 : owner, waiters, waiting[0].Start);
    }

    // A wait that begins names the owner. One that ends has got the lock, as a rule: by then the owner had left it. A thread that waits itself leaves none, so if the owner did, it was the waiter who gave up.
    private static int OwnerOf(List<LockWait> all, ILookup<int, LockWait> byWaiter, long at)
    {
        var owner = 0;
        var begun = all.Select(wait => (At: wait.Start, wait.OwnerThreadId, Ends: false));
        var ended = all.Where(wait => wait.End > 0 && wait.End <= at).Select(wait => (At: wait.End, OwnerThreadId: wait.WaiterThreadId, Ends: true));
        foreach (var change in begun.Concat(ended).OrderBy(change => change.At).ThenByDescending(change => change.Ends))
        {
            var staysOwner = change.Ends && byWaiter[owner].Any(wait => IsUnderWay(wait, change.At));
            owner = staysOwner || change.OwnerThreadId == 0 ? owner : change.OwnerThreadId;
        }

        return owner;
    }

    private static bool IsUnderWay(LockWait wait, long at) => wait.Start <= at && (wait.End == 0 || wait.End > at);
}
