namespace Hardening.Stalls.Classification;

/// <summary>The thread pool: as what stands still, and as what a thread waits for.</summary>
internal static class PoolRules
{
    // Of the stall: work had waited for long in the queue at least half of the time.
    private const double LateShare = 0.5;

    /// <summary>A part of the pool's threads that stands in one lock, or in a circle.</summary>
    public static CauseFinding? Locked(StallFacts facts, StallSplit left)
    {
        var pool = facts.PoolThreadIds;
        if (pool.Count == 0 || left.Blocked <= 0)
        {
            return null;
        }

        if (pool.Select(facts.Locks.Cycle).FirstOrDefault(cycle => cycle.Count > 1) is { } circle)
        {
            return new CauseFinding(StallCause.Deadlock, left.TakeBlocked(left.Blocked * 0.6), 0.9, [$"Threads of the pool wait in a circle: {string.Join(" waits for ", circle.Append(circle[0]).Select(facts.Name))}."]);
        }

        var locked = pool.Sum(id => Math.Min(facts.Duration, facts.Locks.WaitsOf(id).Sum(facts.Locks.Overlap))) / (pool.Count * facts.Duration);

        // The lock and the pool that has no thread left share what it costs: with one of them cured, the other still hurts.
        return left.TakeBlocked(left.Blocked * locked / 2) is > 0.01 and var share
            ? new CauseFinding(StallCause.LockContention, share, 0.85, [$"The thread pool's threads spent {Readable.Share(locked)} of their time in locks of .NET."])
            : null;
    }

    public static CauseFinding? Starved(StallFacts facts, StallSplit left)
    {
        var load = facts.Load;
        var share = left.TakeBlocked(left.Blocked) + left.TakeRunning(left.Running);
        if (share <= 0)
        {
            return null;
        }

        var evidence = new List<string>
        {
            $"{Readable.Count(load.Pending, "work item")} waited in the thread pool's queue, and none was begun for up to {Readable.Seconds(load.PoolDelay)}: all of its {Readable.Number(load.PoolThreads)} threads were taken; {Readable.Number(load.Completed)} items were finished.",
        };
        if (Blocking(facts) is var (statement, text, count))
        {
            evidence.Add($"{Readable.Count(count, "thread")} of the pool waited in {text} at {StackFacts.Place(statement)}.");
        }

        return new CauseFinding(StallCause.ThreadPoolStarvation, share, load.Pending > 0 ? 0.9 : 0.45, evidence);
    }

    /// <summary>A thread that waits for a task that the pool has no thread for.</summary>
    public static CauseFinding? WaitsForPool(StallFacts facts, StallSplit left)
    {
        var load = facts.Load;
        if (load.PoolLate < LateShare || load.Pending <= 0 || left.Blocked <= 0)
        {
            return null;
        }

        var (activity, text) = facts.Stacks.Activity(facts.ThreadId);
        var isForPool = activity == StackActivity.Task || facts.IsElsewhere;
        var mayBe = !facts.Stacks.Has(facts.ThreadId) && facts.Places[WaitPlace.Futex] >= 0.5;
        if (!isForPool && !mayBe)
        {
            return null;
        }

        var share = left.TakeBlocked(left.Blocked);
        return new CauseFinding(StallCause.ThreadPoolStarvation, share, facts.IsElsewhere ? 0.7 : isForPool ? 0.85 : 0.55,
        [
            $"Work waited in the thread pool's queue for up to {Readable.Seconds(load.PoolDelay)}, {Readable.Count(load.Pending, "item")} at most, with {Readable.Number(load.PoolThreads)} threads.",
            facts.IsElsewhere ? "The activity has no thread of its own just now." : isForPool && text.Length > 0 ? $"{Readable.Capital(facts.Name(facts.ThreadId))} waits in {text} for what the pool is to do." : $"{Readable.Capital(facts.Name(facts.ThreadId))} waits, and it is not seen for what else.",
        ]);
    }

    /// <summary>The innermost statement of the application at which most threads of the pool wait; null when stacks do not tell.</summary>
    public static (ThreadStackFrame Statement, string Text, int Count)? Blocking(StallFacts facts)
    {
        var pool = facts.PoolThreadIds is { Count: > 0 } known ? known : [.. facts.Stacks.ThreadIds];
        var most = pool
            .Where(id => facts.Stacks.Activity(id).Activity is not (StackActivity.Idle or StackActivity.Other))
            .Select(id => (Statement: facts.Stacks.Statement(id), facts.Stacks.Activity(id).Text))
            .Where(at => at.Statement is not null)
            .GroupBy(at => (at.Statement!.Method, at.Statement.File, at.Statement.Line))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Method, StringComparer.Ordinal).FirstOrDefault();
        return most is null ? null : (most.First().Statement!, most.First().Text, most.Count());
    }
}
