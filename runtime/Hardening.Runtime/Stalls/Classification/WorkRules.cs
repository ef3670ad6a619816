namespace Hardening.Stalls.Classification;

/// <summary>A stalled thread that runs.</summary>
internal static class WorkRules
{
    /// <summary>Yields for each second of processor time from which on yielding is all that goes on. A healthy worker of the thread pool makes 4,000 to 7,000; a storm 380,000 to 445,000.</summary>
    public const double YieldsPerSecond = 100_000;

    public static bool IsSpinning(StallFacts facts, ThreadTime thread) => facts.Stacks.Activity(thread.ThreadId).Activity == StackActivity.Spin || Yields(thread) >= YieldsPerSecond;

    public static CauseFinding? AtWork(StallFacts facts, StallSplit left)
    {
        if (facts.Thread is not { } thread || left.TakeRunning(left.Running) is not (> 0 and var share))
        {
            return null;
        }

        var name = Readable.Capital(facts.Name(facts.ThreadId));
        var systemShare = thread.User + thread.System > 0 ? thread.System / (thread.User + thread.System) : 0;
        var yields = Yields(thread);
        var ran = $"{name} ran for {Readable.Seconds(thread.Running)} of {Readable.Seconds(facts.Duration)}, {Readable.Share(systemShare)} of it in the kernel.";
        var (activity, text) = facts.Stacks.Activity(facts.ThreadId);
        if (IsSpinning(facts, thread))
        {
            return new CauseFinding(StallCause.SpinStorm, share, 0.85,
                [activity == StackActivity.Spin ? $"By its stack it spins, in {text}." : $"It yielded {Readable.Number(yields)} times for each second that it ran.", ran]);
        }

        if (systemShare > ProcessorRules.MostlyKernel && facts.Load.SystemShare > ProcessorRules.MostlyKernel)
        {
            return ProcessorRules.IsMemory(facts)
                ? new CauseFinding(StallCause.MemoryStorm, share, 0.8, [ran, ProcessorRules.MemorySentence(facts)])
                : new CauseFinding(StallCause.KernelStorm, share, 0.75, [ran, ProcessorRules.KernelSentence(facts)]);
        }

        var at = facts.Stacks.Statement(facts.ThreadId) is { } statement ? $" At the end it was at {StackFacts.Place(statement)}." : "";
        return new CauseFinding(StallCause.BusyActivity, share, 0.9, [$"{ran}{at}"]);
    }

    // For each second that it ran. Only deep samples count switches.
    private static double Yields(ThreadTime thread)
    {
        var deep = thread.Slices.Where(slice => slice.IsDeep).ToArray();
        return deep.Sum(slice => slice.Row.InvoluntarySwitches * slice.Part) / Math.Max(0.01, deep.Sum(slice => slice.Running));
    }
}
