using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>Tells where locks are taken, so that it is still known when the next stall comes without stacks.</summary>
internal static class LockPlaces
{
    /// <summary>The statement at which most threads wait, for each lock of .NET whose waiters have stacks.</summary>
    public static IReadOnlyDictionary<ulong, ThreadStackFrame> Of(StallWindow window)
    {
        var places = new Dictionary<ulong, ThreadStackFrame>();
        if (window.Stacks is not { Threads.Count: > 0 })
        {
            return places;
        }

        var stacks = new StackFacts(window);
        foreach (var waits in window.LockWaits.Where(wait => wait.End == 0 || wait.End > window.StallStart).GroupBy(wait => wait.LockId))
        {
            // A thread that is at a lock by its stack is at the one that it began to wait for last.
            var waiters = waits.Select(wait => wait.WaiterThreadId).Distinct()
                .Where(id => stacks.Activity(id).Activity == StackActivity.Lock && window.LockWaits.Where(wait => wait.WaiterThreadId == id).MaxBy(wait => wait.Start).LockId == waits.Key);
            if (StackFacts.MostCommon(waiters.Select(stacks.Statement)).Frame is { } at)
            {
                places[waits.Key] = at;
            }
        }

        return places;
    }
}
