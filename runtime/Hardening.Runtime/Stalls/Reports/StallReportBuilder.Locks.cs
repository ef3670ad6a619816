using Hardening.Stalls.Classification;

namespace Hardening.Stalls.Reports;

internal static partial class StallReportBuilder
{
    private const string ManagedKind = "Monitor";
    private const string NativeKind = "futex";
    private const string SemaphoreKind = "semaphore";
    private const int MaxLocks = 50;

    // Of the stall, all waits for a lock together: less is daily life.
    private const double SmallWait = 0.05;

    private static List<StallLock> FindLocks(StallFacts facts, StallVerdict verdict)
    {
        var locks = new List<StallLock>();
        var held = facts.Stacks.Locks.ToList();
        foreach (var waits in facts.Window.LockWaits.Where(wait => facts.Locks.Overlap(wait) > 0).GroupBy(wait => wait.LockId))
        {
            if (waits.Sum(facts.Locks.Overlap) < facts.Duration * SmallWait)
            {
                continue;
            }

            // Objects move, so that an address joins only sometimes; the same owner with a waiter in common is the same lock.
            var latest = waits.MaxBy(wait => wait.Start);
            var waiters = waits.Select(wait => wait.WaiterThreadId).ToHashSet();
            var seen = held.Find(other => other.Address == latest.ObjectId || (other.OwnerThreadId > 0 && waits.Any(wait => wait.OwnerThreadId == other.OwnerThreadId) && other.WaiterThreadIds.Any(waiters.Contains)));
            if (seen is not null)
            {
                held.Remove(seen);
                waiters.UnionWith(seen.WaiterThreadIds);
            }

            var owner = seen?.OwnerThreadId is > 0 and var now ? now : facts.Locks.Owner(waits.Key);
            locks.Add(Lock(facts, ManagedKind, seen?.Address ?? latest.ObjectId, seen?.Type, owner, Math.Max(facts.Locks.Waiters(waits.Key), seen?.Waiters ?? 0), waiters, facts.Window.LockPlaces.GetValueOrDefault(waits.Key)));
        }

        locks.AddRange(held.Select(other => Lock(facts, ManagedKind, other.Address, other.Type, other.OwnerThreadId, Math.Max(other.Waiters, other.WaiterThreadIds.Count), other.WaiterThreadIds)));
        locks.AddRange(facts.Locks.Futexes().Select(futex => Lock(facts, NativeKind, futex.Address, null, futex.Owner, futex.Most, futex.Waiters)));
        if (verdict.Cause == StallCause.LockContention && facts.Stacks.Activity(facts.ThreadId) is (StackActivity.Semaphore, var type))
        {
            var alike = facts.Stacks.AtSameStatement(facts.ThreadId);
            locks.Add(Lock(facts, SemaphoreKind, 0, $"System.Threading.{type.Split('.')[0]}", 0, Math.Max(1, alike.Count), alike.Count > 0 ? alike : [facts.ThreadId]));
        }

        return [.. locks.OrderByDescending(other => other.Waiters).ThenBy(other => other.Address).Take(MaxLocks)];
    }

    private static StallLock Lock(StallFacts facts, string kind, ulong address, string? type, int owner, int waiters, IEnumerable<int> waiterIds, ThreadStackFrame? knownAt = null)
    {
        int[] ids = [.. waiterIds.Where(id => id > 0 && id != owner).Distinct().Order()];

        // Those that are at a lock now say where it is taken; the others may be anywhere by now.
        var atLock = ids.Where(id => kind != ManagedKind || facts.Stacks.Activity(id).Activity == StackActivity.Lock).ToArray();
        return new StallLock
        {
            Kind = kind,
            Address = address,
            Type = type,
            OwnerThreadId = owner,
            OwnerName = facts.Window.ThreadNames.GetValueOrDefault(owner) ?? "",
            OwnerAt = facts.Stacks.Statement(owner),
            Waiters = waiters,
            WaiterThreadIds = ids,
            WaitersAt = StackFacts.MostCommon(atLock.Select(facts.Stacks.Statement)).Frame ?? knownAt,
        };
    }
}
