namespace Hardening.Stalls.Classification;

/// <summary>Waits for locks of .NET and of native code.</summary>
internal static class LockRules
{
    /// <summary>
    /// So many threads at one place are a queue for it. A native wait of a thread of .NET is at an address of its own, so that few are there by chance; fewer than this may be idle workers of a library.
    /// </summary>
    public const int Convoy = 8;

    // An owner that waits for a processor for more of the time than this would have let go in time with one: then the lock is not what to look at first.
    private const double MostlyStarved = 0.8;

    // A thread's waits for locks that together are less than this are the daily small change.
    private const double SmallShare = 0.02;

    public static CauseFinding? Deadlock(StallFacts facts, StallSplit left)
    {
        if (facts.ThreadId == 0 || left.Blocked <= 0 || facts.Locks.Cycle(facts.ThreadId) is not { Count: > 1 } cycle)
        {
            return null;
        }

        var circle = string.Join(" waits for ", cycle.Append(cycle[0]).Select(facts.Name));
        return new CauseFinding(StallCause.Deadlock, left.TakeBlocked(left.Blocked), 0.95, [$"{Readable.Capital(circle)}: a circle, which never ends."]);
    }

    public static CauseFinding? Managed(StallFacts facts, StallSplit left)
    {
        var waits = facts.Locks.WaitsOf(facts.ThreadId);
        var waited = waits.Sum(facts.Locks.Overlap);
        var held = facts.Locks.HeldAgainst(facts.ThreadId);
        var isAtLock = facts.Stacks.Activity(facts.ThreadId).Activity == StackActivity.Lock;
        if (waited < facts.Duration * SmallShare && held is null && !isAtLock)
        {
            return null;
        }

        if (waits.Count == 0 || waited < facts.Duration * SmallShare)
        {
            // Its wait began before anybody listened: the stack alone tells.
            return OfStack(facts, left, held);
        }

        var worst = waits.GroupBy(wait => wait.LockId).OrderByDescending(group => group.Sum(facts.Locks.Overlap)).ThenBy(group => group.Key).First().Key;
        var owner = held?.OwnerThreadId is > 0 and var now ? now : facts.Locks.Owner(worst);
        var waiters = Math.Max(facts.Locks.Waiters(worst), held?.Waiters ?? 0);
        var share = left.TakeBlocked(waited / facts.Duration);
        var (kept, behind) = Behind(facts, left, share, facts.Locks.Members(worst), owner);
        var evidence = new List<string> { $"{Readable.Capital(facts.Name(facts.ThreadId))} waited {Readable.Seconds(waited)} of {Readable.Seconds(facts.Duration)} for a lock of .NET, with {Readable.Count(waiters - 1, "other thread")}." };
        AddOwner(evidence, facts, owner);
        AddStarvation(evidence, behind, share);
        return new CauseFinding(StallCause.LockContention, kept, 0.9, evidence) { Weight = Weight(kept, behind), Reach = kept + behind };
    }

    public static CauseFinding? Semaphore(StallFacts facts, StallSplit left)
    {
        var (activity, text) = facts.Stacks.Activity(facts.ThreadId);
        var alike = facts.Stacks.AtSameStatement(facts.ThreadId);
        var isQueue = alike.Count >= Convoy && activity is StackActivity.Signal or StackActivity.Semaphore;
        if (!isQueue && activity != StackActivity.Semaphore)
        {
            return null;
        }

        var share = left.TakeBlocked(left.Blocked);
        var where = facts.Stacks.Statement(facts.ThreadId) is { } at ? $" at {StackFacts.Place(at)}" : "";
        return share <= 0 ? null : new CauseFinding(StallCause.LockContention, share, alike.Count >= Convoy ? 0.9 : 0.75,
            [$"{Readable.Capital(facts.Name(facts.ThreadId))} waits in {text}{where}, with {Readable.Count(Math.Max(0, alike.Count - 1), "other thread")} at the same statement and {Readable.Number(Math.Max(0, facts.Stacks.Count(activity) - alike.Count))} in such a wait elsewhere."]);
    }

    public static CauseFinding? Native(StallFacts facts, StallSplit left)
    {
        if (facts.Locks.Futex(facts.ThreadId) is not { } futex || (futex.Most < Convoy && (futex.Owner == 0 || futex.Owner == facts.ThreadId)))
        {
            return null;
        }

        var share = left.TakeBlocked(left.Blocked * futex.Share);
        if (share <= 0)
        {
            return null;
        }

        var (kept, behind) = Behind(facts, left, share, [.. futex.Waiters, futex.Owner], futex.Owner);
        var evidence = new List<string> { $"{Readable.Count(futex.Most, "thread")} waited for one native lock (futex 0x{futex.Address:x}), {facts.Name(facts.ThreadId)} among them in {Readable.Share(futex.Share)} of the samples." };
        AddOwner(evidence, facts, futex.Owner);
        AddStarvation(evidence, behind, share);
        return new CauseFinding(StallCause.NativeLockContention, kept, futex.Owner > 0 ? 0.9 : 0.8, evidence) { Weight = Weight(kept, behind), Reach = kept + behind };
    }

    private static CauseFinding? OfStack(StallFacts facts, StallSplit left, HeldLock? held)
    {
        var share = left.TakeBlocked(left.Blocked);
        if (share <= 0)
        {
            return null;
        }

        var owner = held?.OwnerThreadId ?? 0;
        var (kept, behind) = Behind(facts, left, share, [owner], owner);
        var others = held is null ? "" : $", with {Readable.Count(Math.Max(0, held.Waiters - 1), "other thread")}";
        var evidence = new List<string> { $"Its stack says that {facts.Name(facts.ThreadId)} waits for a lock of .NET{others}." };
        AddOwner(evidence, facts, owner);
        AddStarvation(evidence, behind, share);
        return new CauseFinding(StallCause.LockContention, kept, held is null ? 0.75 : 0.85, evidence) { Weight = Weight(kept, behind), Reach = kept + behind };
    }

    /// <summary>While the thread that holds the lock waits for a processor, whoever waits for the lock waits for the processor. Only one holds it at a time, so the threads that take turns count as one.</summary>
    private static (double Kept, double Behind) Behind(StallFacts facts, StallSplit left, double share, IReadOnlyList<int> members, int owner)
    {
        var times = members.Where(id => id > 0 && id != facts.ThreadId).Distinct().Select(facts.TimeOf).Where(time => time.Seen > 0).ToArray();
        if (times.Length == 0)
        {
            return (share, 0);
        }

        var isOneOwner = owner > 0 && facts.Window.LockWaits.Count(wait => wait.WaiterThreadId == facts.ThreadId) <= 1;
        var counted = isOneOwner ? [facts.TimeOf(owner)] : times;
        var waiting = Math.Min(1, counted.Sum(time => time.Waiting) / facts.Duration);
        var behind = share * waiting;
        left.GiveWaiting(behind);
        return (share - behind, behind);
    }

    // Without the lock the activity would not have waited for its owner's processor at all.
    private static double Weight(double kept, double behind) => behind > (kept + behind) * MostlyStarved ? kept : kept + behind;

    private static void AddOwner(List<string> evidence, StallFacts facts, int owner)
    {
        if (owner <= 0)
        {
            return;
        }

        var time = facts.TimeOf(owner);
        var doing = time.Seen <= 0 ? "" : $", which ran {Readable.Share(time.Running / facts.Duration)}, waited for a processor {Readable.Share(time.Waiting / facts.Duration)} and was blocked {Readable.Share(time.Blocked / facts.Duration)} of the time";
        var at = facts.Stacks.Statement(owner) is { } statement ? $", at {StackFacts.Place(statement)}" : "";
        evidence.Add($"{Readable.Capital(facts.Name(owner))} held it{at}{doing}.");
    }

    private static void AddStarvation(List<string> evidence, double behind, double share)
    {
        if (behind > share * 0.1)
        {
            evidence.Add($"For {Readable.Share(behind / share)} of that the thread that held the lock waited for a processor itself.");
        }
    }
}
