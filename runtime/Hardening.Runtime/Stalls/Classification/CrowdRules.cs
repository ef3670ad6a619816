namespace Hardening.Stalls.Classification;

/// <summary>Where the activity has no thread of its own, what holds up a crowd of threads most likely holds it up too.</summary>
internal static class CrowdRules
{
    // It is not seen that the activity is one of the crowd.
    private const double Likely = 0.7;
    private const double Perhaps = 0.55;

    public static CauseFinding? Crowd(StallFacts facts, StallSplit left)
    {
        if (!facts.IsElsewhere || left.Blocked <= 0)
        {
            return null;
        }

        if (facts.Locks.WaitingThreads.Select(facts.Locks.Cycle).FirstOrDefault(cycle => cycle.Count > 1) is { } circle)
        {
            return new CauseFinding(StallCause.Deadlock, left.TakeBlocked(left.Blocked), Likely, [$"{Readable.Capital(string.Join(" waits for ", circle.Append(circle[0]).Select(facts.Name)))}: a circle, which never ends. It is not seen that the activity waits for one of them."]);
        }

        if (facts.Locks.Crowds() is [var crowd, ..] && left.TakeBlocked(crowd.Share) is > 0 and var share)
        {
            var owner = crowd.Owner > 0 ? $" held by {facts.Name(crowd.Owner)}" : "";
            return new CauseFinding(StallCause.LockContention, share, crowd.Waiters >= LockRules.Convoy ? Likely : Perhaps, [$"{Readable.Count(crowd.Waiters, "thread")} waited for one lock of .NET{owner}, one of them for {Readable.Share(crowd.Share)} of the stall. The activity has no thread that would show that it is one of them."]);
        }

        return OfStacks(facts, left);
    }

    private static CauseFinding? OfStacks(StallFacts facts, StallSplit left)
    {
        if (facts.Stacks.Locks.Where(held => held.Waiters > 1).MaxBy(held => held.Waiters) is { } held)
        {
            return new CauseFinding(StallCause.LockContention, left.TakeBlocked(left.Blocked), held.Waiters >= LockRules.Convoy ? Likely : Perhaps, [$"By the stacks {Readable.Count(held.Waiters, "thread")} wait for one lock of .NET that {facts.Name(held.OwnerThreadId)} holds. The activity has no thread that would show that it is one of them."]);
        }

        var queue = facts.Stacks.ThreadIds.Where(id => facts.Stacks.Activity(id).Activity is StackActivity.Semaphore or StackActivity.Lock).Select(id => (Id: id, Count: facts.Stacks.AtSameStatement(id).Count)).OrderByDescending(at => at.Count).ThenBy(at => at.Id).FirstOrDefault();
        return queue.Count < LockRules.Convoy || facts.Stacks.Statement(queue.Id) is not { } statement
            ? null
            : new CauseFinding(StallCause.LockContention, left.TakeBlocked(left.Blocked), Likely, [$"By the stacks {Readable.Count(queue.Count, "thread")} wait in {facts.Stacks.Activity(queue.Id).Text} at {StackFacts.Place(statement)}. The activity has no thread that would show that it is one of them."]);
    }
}
