namespace Hardening.Stalls;

/// <summary>What an activity stood still for, and why that is believed.</summary>
public sealed record StallVerdict
{
    /// <summary>The cause.</summary>
    public required StallCause Cause { get; init; }

    /// <summary>How sure that is, 0 to 1: below 0.5 the cause is <see cref="StallCause.Unknown"/>.</summary>
    public required double Confidence { get; init; }

    /// <summary>What else took a share, the largest first.</summary>
    public required IReadOnlyList<StallContribution> Contributions { get; init; }

    /// <summary>What the stalled thread's time went to.</summary>
    public required StallShares Shares { get; init; }

    /// <summary>What was measured, one sentence each, the weightiest first.</summary>
    public required IReadOnlyList<string> Evidence { get; init; }
}

/// <summary>A cause beside the main one.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Share">Its share of the stall, 0 to 1. Of a lock it is without the time in which the owner waited for a processor, which is that other cause's: next to nothing, where the owner waited all the time.</param>
public sealed record StallContribution(StallCause Cause, double Share);

/// <summary>What a stalled thread's time went to, as shares of the stall: 0 to 1 each, 1 in all but for what was not seen.</summary>
public sealed record StallShares
{
    /// <summary>It ran.</summary>
    public double Running { get; init; }

    /// <summary>It could have run, and no processor was free for it.</summary>
    public double WaitingForProcessor { get; init; }

    /// <summary>It waited for something else.</summary>
    public double Blocked { get; init; }

    /// <summary>A garbage collection had stopped it.</summary>
    public double Suspended { get; init; }

    /// <summary>The process was stopped.</summary>
    public double Stopped { get; init; }
}
