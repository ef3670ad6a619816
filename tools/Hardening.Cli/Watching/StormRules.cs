using Hardening.Stalls;
using Hardening.Stalls.Classification;

namespace Hardening.Cli.Watching;

/// <summary>Processors that are taken, and by whom.</summary>
internal static class StormRules
{
    private const double SmallRun = 0.2; // processors
    private const double Wanted = 0.5; // processors
    private const double ManyFaults = 5_000; // a second
    private const double ThrottledPart = 0.2; // of the time
    private const double MuchDelay = 1; // threads that wait for a processor, on average
    private const double ManyStarts = 30; // processes a second
    private const int Crowd = 3; // threads at once at the map of their memory
    private const double MostlyOwn = 0.5; // of the threads of the host that want to run

    public static Pathology? Memory(PathologyFacts facts)
    {
        var isStarved = facts.Run + facts.Delay >= Wanted && facts.Load.MinorFaults / facts.Seconds >= ManyFaults; // on a full machine it gets to run little
        var isFaulting = (facts.Run >= SmallRun || isStarved) && facts.SystemShare > ProcessorRules.MostlyKernel;
        if (!ProcessorRules.IsMemory(facts.Stall) || (!isFaulting && (facts.Stall.MapWaiters < Crowd || facts.Load.Uninterruptible < Crowd)))
        {
            return null;
        }

        return new Pathology(
            PathologyKind.MemoryStorm, StallCause.MemoryStorm, 0.85, (facts.Run * facts.SystemShare) + Math.Min(1, facts.Load.Uninterruptible),
            $"{facts.Program} is in the kernel for its memory: {Readable.Number(facts.Load.MinorFaults / facts.Seconds)} page faults a second, {Readable.Share(facts.SystemShare)} of {Readable.Count(facts.Run, "processor")} in the kernel",
            [ProcessorRules.MemorySentence(facts.Stall), .. facts.Stall.MapWaiters > 0 ? new[] { $"{Readable.Count(facts.Stall.MapWaiters, "thread")} at once waited for the map of its memory." } : []]);
    }

    public static Pathology? Throttled(PathologyFacts facts) =>
        facts.Load.Throttled < ThrottledPart * facts.Seconds ? null : new Pathology(
            PathologyKind.Throttling, StallCause.Throttling, 0.9, facts.Load.Throttled / facts.Seconds,
            $"the control group of {facts.Program} is held back for {Readable.Share(facts.Load.Throttled / facts.Seconds)} of the time: its limit lets it use {Readable.Count(facts.Run, "processor")}",
            [$"cpu.stat: held back for {Readable.Seconds(facts.Load.Throttled)} of {Readable.Seconds(facts.Seconds)}."]);

    public static Pathology? Children(PathologyFacts facts)
    {
        var used = facts.Load.Children / facts.Seconds;
        var wanted = facts.Load.RunnableChildren;
        var starts = facts.Load.Forks / facts.Seconds;
        var isCrowd = wanted >= facts.Processors * 2 && used >= facts.Processors * 0.4;
        var isChurn = used >= SmallRun && starts >= ManyStarts && facts.Load.LiveChildren + starts > facts.Processors;
        return !isCrowd && !isChurn ? null : new Pathology(
            PathologyKind.ChildStorm, StallCause.ChildStorm, isCrowd ? 0.85 : 0.65, used,
            isCrowd
                ? $"the children of {facts.Program} use {Readable.Number(used)} of {Readable.Count(facts.Processors, "processor")}: {Readable.Number(facts.Load.LiveChildren)} live, {Readable.Number(wanted)} want to run"
                : $"{facts.Program} starts one short process after the other: its children used {Readable.Number(used)} of {Readable.Count(facts.Processors, "processor")}, and the host started {Readable.Number(starts)} a second",
            [$"Children used {Readable.Seconds(facts.Load.Children)} of processor time in {Readable.Seconds(facts.Seconds)}; {Readable.Number(facts.Load.LiveChildren)} lived and {Readable.Number(wanted)} wanted to run, on average; the host made {Readable.Number(starts)} processes and threads a second."]);
    }

    public static Pathology? Oversubscribed(PathologyFacts facts)
    {
        var own = facts.Load.Runnable / Math.Max(1, facts.Load.Runnable + facts.Load.RunnableChildren + facts.Load.RunnableForeign);
        return facts.Delay < Math.Max(MuchDelay, facts.Processors) || facts.Load.Runnable < facts.Processors + 2 || own < MostlyOwn || facts.YieldsPerSecondOfRun >= WorkRules.YieldsPerSecond ? null : new Pathology(
            PathologyKind.Oversubscription, StallCause.Oversubscription, 0.85, Math.Min(facts.Processors, facts.Delay / facts.Processors / 2),
            $"{Readable.Number(facts.Load.Runnable)} threads of {facts.Program} want {Readable.Count(facts.Processors, "processor")}: each waits {Readable.Share(facts.Delay / Math.Max(0.01, facts.Delay + facts.Run))} of the time that it could run",
            [$"Threads were ready without a processor for {Readable.Seconds(facts.Delay * facts.Seconds)} in {Readable.Seconds(facts.Seconds)}, all together; {Readable.Share(own)} of all threads that wanted to run were its own.",
             .. facts.Kind.ThreadLibraries.Count > 0 ? new[] { $"{string.Join(" and ", facts.Kind.ThreadLibraries)} may have started many of them." } : []]);
    }

    public static Pathology? Starved(PathologyFacts facts)
    {
        var own = facts.Load.Runnable / Math.Max(1, facts.Load.Runnable + facts.Load.RunnableChildren + facts.Load.RunnableForeign);
        var foreign = facts.Load.Foreign / facts.Seconds;
        return facts.Delay < MuchDelay / 2 || facts.Delay < facts.Run || own >= MostlyOwn || foreign < facts.Processors * 0.4 || facts.Load.RunnableForeign < facts.Processors || facts.Load.Throttled >= ThrottledPart * facts.Seconds ? null : new Pathology(
            PathologyKind.ForeignLoad, StallCause.ForeignLoad, 0.8, Math.Min(facts.Processors, facts.Delay) / 10, // what the process does itself comes first
            $"other processes take the processors of {facts.Program}: they use {Readable.Number(foreign)} of {Readable.Number(facts.Processors)}, and its threads wait {Readable.Share(facts.Delay / (facts.Delay + facts.Run))} of the time that they could run",
            [$"{Readable.Number(facts.Load.RunnableForeign)} threads of others and {Readable.Number(facts.Load.Runnable)} of its own wanted to run; its threads were ready without a processor for {Readable.Seconds(facts.Delay * facts.Seconds)} in {Readable.Seconds(facts.Seconds)}, and ran {Readable.Seconds(facts.Run * facts.Seconds)}."]);
    }
}
