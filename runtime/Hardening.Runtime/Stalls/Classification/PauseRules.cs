namespace Hardening.Stalls.Classification;

/// <summary>What stops the whole process.</summary>
internal static class PauseRules
{
    private const double IdleProcessors = 0.5;
    private const double MostlyWaiting = 0.5;
    private const double HeldMargin = 1.5; // a sample more or less

    public static CauseFinding? Stopped(StallFacts facts, StallSplit left)
    {
        if (left.TakeStopped() is not (> 0 and var share))
        {
            return null;
        }

        // To take stacks the witness holds the process still: that is no cause, but part of the look.
        var isTold = facts.Load.Continued > 0 || facts.Load.MachineSlept > 0;
        if (!isTold && share * facts.Duration <= HeldMargin * (facts.Window.Stacks?.Duration.TotalSeconds ?? 0))
        {
            return null;
        }

        var evidence = new List<string> { $"For {Readable.Seconds(share * facts.Duration)} no sample was taken, nothing of the process ran, and nothing of it waited for a processor." };
        if (facts.Load.Continued > 0)
        {
            evidence.Add("Then the process was told to go on (SIGCONT): somebody had stopped it.");
        }

        if (facts.Load.MachineSlept > 0)
        {
            evidence.Add($"The machine was suspended for {Readable.Seconds(facts.Load.MachineSlept)}.");
        }

        // Without the signal it is told by elimination: a frozen control group and a paused machine look the same from inside.
        return new CauseFinding(StallCause.ProcessStopped, share, isTold ? 0.95 : 0.7, evidence);
    }

    public static CauseFinding? Suspension(StallFacts facts, StallSplit left)
    {
        var load = facts.Load;

        // A pause without a collection is one that waited for a thread and was given up, or is not over.
        var part = load.GcPause <= 0 ? 0 : load.GcSuspension > 0 ? load.GcSuspension / load.GcPause : load.Collections <= 0 ? 1 : Unexplained(facts);
        if (left.TakeSuspended(left.Suspended * part) is not (> 0 and var share))
        {
            return null;
        }

        return new CauseFinding(StallCause.GarbageCollectionSuspension, share, load.GcSuspension > 0 ? 0.95 : 0.8,
        [
            load.GcSuspension > 0
                ? $"Of {Readable.Seconds(load.GcPause)} of pauses for garbage collection, {Readable.Seconds(load.GcSuspension)} went to stopping the threads: one of them did not stop."
                : load.Collections <= 0 ? $"Threads were paused for {Readable.Seconds(load.GcPause)}, and no garbage collection came of it."
                : $"Threads were paused for {Readable.Seconds(load.GcPause)}, the process used {Readable.Seconds(load.Own)} of processor time, and processors were idle: nobody collected, a thread did not stop.",
        ]);
    }

    // The events that tell of it come late. A collector that works keeps a processor busy: where one was idle, the pause was a wait.
    private static double Unexplained(StallFacts facts)
    {
        var load = facts.Load;
        var isIdle = load.Idle >= IdleProcessors * facts.Seen;
        var part = (load.GcPause - load.Own - load.ReadyAndWaiting) / load.GcPause;
        return isIdle && part >= MostlyWaiting ? part : 0;
    }

    public static CauseFinding? Collection(StallFacts facts, StallSplit left)
    {
        if (left.TakeSuspended(left.Suspended) is not (> 0 and var share))
        {
            return null;
        }

        var load = facts.Load;
        return new CauseFinding(StallCause.GarbageCollection, share, 0.95,
        [
            $"Garbage collections paused all threads for {Readable.Seconds(load.GcPause)}, {Readable.Share(load.GcPause / Math.Max(1e-9, facts.Seen))} of the time: {Readable.Count(load.Collections, "collection")}, {Readable.Number(load.FullCollections)} of them full.",
        ]);
    }
}
