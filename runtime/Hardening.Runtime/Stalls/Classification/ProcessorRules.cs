namespace Hardening.Stalls.Classification;

/// <summary>Who had the processors while a thread waited for one.</summary>
internal static class ProcessorRules
{
    /// <summary>A program that works is in the kernel for less than half of its time.</summary>
    public const double MostlyKernel = 0.5;

    // Page faults for each second in the kernel: one costs 1 to 10 µs with what it takes to map, clear and unmap the page, so that so many are a good part of the time. Others make a hundredth.
    private const double FaultsPerSecond = 30_000;

    // Who waits while more of the processors than this are idle is held back by a limit that cannot be seen from inside.
    private const double IdleShare = 0.5;

    public static CauseFinding? Throttled(StallFacts facts, StallSplit left)
    {
        var load = facts.Load;
        if (load.Throttled <= 0 || left.TakeWaiting(load.Throttled / facts.Duration) is not (> 0 and var share))
        {
            return null;
        }

        return new CauseFinding(StallCause.Throttling, share, 0.9,
            [$"The control group was held back for {Readable.Seconds(load.Throttled)} of {Readable.Seconds(facts.Duration)}; the process used {Readable.Number(load.Own / Math.Max(1e-9, facts.Seen))} processors."]);
    }

    public static CauseFinding? OwnThreads(StallFacts facts, StallSplit left)
    {
        var load = facts.Load;
        if (left.TakeWaiting(left.Waiting * Blame.Of(facts).Own) is not (> 0 and var share))
        {
            return null;
        }

        var wanting = load.Wanting / load.Processors;
        var threads = $"{Readable.Number(load.Runnable)} threads of the process wanted one of {Readable.Number(load.Processors)} processors, and used {Readable.Number(load.Own / Math.Max(1e-9, facts.Seen))}.";
        if (load.SystemShare > MostlyKernel && IsMemory(facts))
        {
            return new CauseFinding(StallCause.MemoryStorm, share, 0.85, [MemorySentence(facts), threads]);
        }

        var yields = Yields(facts);
        var spinners = facts.Stacks.Count(StackActivity.Spin);
        if (yields >= WorkRules.YieldsPerSecond || spinners > load.Processors)
        {
            return new CauseFinding(StallCause.SpinStorm, share, 0.85,
                [spinners > 0 ? $"By their stacks {Readable.Count(spinners, "thread")} spin." : $"Its threads yielded {Readable.Number(yields)} times for each second of processor time.", threads]);
        }

        if (load.SystemShare > MostlyKernel)
        {
            return new CauseFinding(StallCause.KernelStorm, share, 0.8, [KernelSentence(facts), threads]);
        }

        return new CauseFinding(StallCause.Oversubscription, share, wanting >= 2 ? 0.85 : wanting >= 1 ? 0.65 : 0.5, [threads]);
    }

    public static CauseFinding? Children(StallFacts facts, StallSplit left)
    {
        var load = facts.Load;
        if (left.TakeWaiting(left.Waiting * Blame.Of(facts).Children) is not (> 0 and var share))
        {
            return null;
        }

        return new CauseFinding(StallCause.ChildStorm, share, 0.85,
        [
            $"Children of the process used {Readable.Number(load.Children / Math.Max(1e-9, facts.Seen))} of {Readable.Number(load.Processors)} processors, the process itself {Readable.Number(load.Own / Math.Max(1e-9, facts.Seen))}: {Readable.Number(load.LiveChildren)} lived, {Readable.Number(load.RunnableChildren)} wanted to run.",
        ]);
    }

    /// <summary>What is left of the wait for a processor: it was not the process, nor its children.</summary>
    public static CauseFinding? Others(StallFacts facts, StallSplit left)
    {
        var load = facts.Load;
        if (left.TakeWaiting(left.Waiting) is not (> 0 and var share))
        {
            return null;
        }

        var evidence = new List<string>
        {
            $"Other processes used {Readable.Number(load.Foreign / Math.Max(1e-9, facts.Seen))} of {Readable.Number(load.Processors)} processors, this one {Readable.Number(load.Own / Math.Max(1e-9, facts.Seen))}; {Readable.Number(load.RunnableForeign)} threads of others wanted to run, and {Readable.Number(load.Runnable)} of its own.",
        };
        if (load.Steal > load.Capacity * 0.05)
        {
            evidence.Add($"The hypervisor gave {Readable.Seconds(load.Steal)} of processor time to other machines.");
        }

        var isIdle = load.Idle > IdleShare * load.Capacity && load.Foreign < IdleShare * load.Capacity;
        if (isIdle)
        {
            evidence.Add($"Processors were idle for {Readable.Seconds(load.Idle)} meanwhile: a limit around the process that it cannot see may hold it back.");
        }

        return new CauseFinding(StallCause.ForeignLoad, share, isIdle ? 0.4 : 0.85, evidence);
    }

    public static bool IsMemory(StallFacts facts) =>
        (facts.Load.OwnSystem > 0 && facts.Load.MinorFaults > FaultsPerSecond * facts.Load.OwnSystem) || (facts.Load.Uninterruptible >= WaitPlaceShares.MapCrowd && facts.MapWaiters >= WaitPlaceShares.MapCrowd);

    public static string MemorySentence(StallFacts facts) =>
        $"The process spent {Readable.Share(facts.Load.SystemShare)} of its processor time in the kernel, with {Readable.Number(facts.Load.MinorFaults / Math.Max(0.01, facts.Load.OwnSystem))} page faults for each second there.";

    public static string KernelSentence(StallFacts facts) => $"The process spent {Readable.Share(facts.Load.SystemShare)} of its processor time in the kernel: {Readable.Seconds(facts.Load.OwnSystem)} of {Readable.Seconds(facts.Load.Own)}.";

    // Only deep samples count switches.
    private static double Yields(StallFacts facts)
    {
        var deep = facts.Intervals.Where(interval => interval.Sample.Sample.IsDeep).ToArray();
        var own = deep.Sum(interval => interval.Grown(interval.Sample.Sample.Process.UserTicks + interval.Sample.Sample.Process.SystemTicks)) / 100;
        return own < 0.05 ? 0 : deep.Sum(interval => interval.Sample.Threads.Sum(row => interval.Grown(row.InvoluntarySwitches))) / own;
    }
}
