using Hardening.Stalls;
using Hardening.Stalls.Classification;

namespace Hardening.Cli.Watching;

/// <summary>What the runtime of .NET says of itself; nothing where it is not asked.</summary>
internal static class DotnetRules
{
    private const double PausedPart = 0.2; // of the time
    private const double Waiting = 2; // threads, on average
    private const double LatePart = 0.6; // of the time, work was in the queue
    private const int Queue = 5; // items

    public static Pathology? Collection(PathologyFacts facts)
    {
        var part = facts.Load.GcPause / facts.Seconds;
        return part < PausedPart ? null : new Pathology(
            PathologyKind.GarbageCollection, facts.Load.GcSuspension > facts.Load.GcPause / 2 ? StallCause.GarbageCollectionSuspension : StallCause.GarbageCollection, 0.95, part * facts.Processors,
            $"garbage collection stops the threads of {facts.Program} for {Readable.Share(part)} of the time",
            [$"{Readable.Count(facts.Load.Collections, "collection")} in {Readable.Seconds(facts.Seconds)}, {Readable.Number(facts.Load.FullCollections)} of them full; all threads stood still for {Readable.Seconds(facts.Load.GcPause)}, {Readable.Seconds(facts.Load.GcSuspension)} of it until they had stopped."]);
    }

    public static Pathology? Pool(PathologyFacts facts)
    {
        var pending = facts.Stall.Intervals.Count(interval => interval.Sample.Sample.Runtime.PendingWorkItems >= Queue);
        return facts.Load.Pending < Queue || pending < LatePart * facts.Stall.Intervals.Count || facts.Load.Completed / facts.Seconds >= facts.Load.Pending || facts.Run > facts.Processors * 0.75 ? null : new Pathology(
            PathologyKind.ThreadPoolStarvation, StallCause.ThreadPoolStarvation, 0.85, facts.Processors - facts.Run,
            $"{Readable.Count(facts.Load.Pending, "work item")} wait for a thread of the pool of {facts.Program}, whose {Readable.Number(facts.Load.PoolThreads)} threads are blocked: {Readable.Number(facts.Run)} of {Readable.Count(facts.Processors, "processor")} are used",
            [$"Work was in the queue of the thread pool in {Readable.Share((double)pending / facts.Stall.Intervals.Count)} of the looks, {Readable.Number(facts.Load.Completed / facts.Seconds)} items were finished a second, and its threads did not use the processors."]);
    }

    public static Pathology? Locks(PathologyFacts facts)
    {
        var worst = facts.Window.LockWaits.Where(wait => facts.Stall.Locks.Overlap(wait) > 0).GroupBy(wait => wait.LockId)
            .Select(waits => (Id: waits.Key, Waited: waits.Sum(facts.Stall.Locks.Overlap), Threads: waits.Select(wait => wait.WaiterThreadId).Distinct().Count()))
            .OrderByDescending(found => found.Waited).FirstOrDefault();
        if (worst.Waited < Waiting * facts.Seconds)
        {
            return null;
        }

        var place = facts.Window.LockPlaces.GetValueOrDefault(worst.Id) is { } at ? $" at {StackFacts.Place(at)}" : "";
        var owner = facts.Stall.Locks.Owner(worst.Id) is > 0 and var id ? $"; {facts.Stall.Name(id)} held it longest" : "";
        return new Pathology(
            PathologyKind.LockThrash, StallCause.LockContention, 0.9, Math.Min(facts.Processors, 0.3 + (worst.Waited / facts.Seconds / 10)),
            $"{Readable.Count(worst.Threads, "thread")} of {facts.Program} take turns at one lock of .NET{place}: {facts.Together}",
            [$"{Readable.Number(worst.Waited / facts.Seconds)} threads at a time waited for it{owner}; it was waited for {Readable.Seconds(worst.Waited)} in {Readable.Seconds(facts.Seconds)}, all threads together."]);
    }
}
