using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Truth;
using Hardening.Stalls;

namespace Hardening.FaultLab.Judging;

/// <summary>What one run was worth.</summary>
internal sealed record Judgement
{
    public required string Fault { get; init; }

    public required Rating Rating { get; init; }

    /// <summary>Why it was skipped, or what broke.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The longest true gap in the fault, of the activity that it stalls.</summary>
    public Gap? Gap { get; init; }

    /// <summary>The share of all processors that others had in it.</summary>
    public double ForeignShare { get; init; }

    /// <summary>From the moment that the limit was passed until it was told; null: it never was.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>The same until it was noticed, by the watchdog's own account.</summary>
    public TimeSpan? NoticeDelay { get; init; }

    /// <summary>The cause in the last report of it; null: there is none.</summary>
    public StallCause? Cause { get; init; }

    /// <summary>The cause in the first.</summary>
    public StallCause? CauseAtOnce { get; init; }

    public IReadOnlyList<StallContribution> Contributions { get; init; } = [];

    public string Headline { get; init; } = "";

    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>Whether the statement was named; null: it need not be, or there were no stacks.</summary>
    public bool? IsLineRight { get; init; }

    /// <summary>Whether the thread that holds the lock was named; null: it need not be.</summary>
    public bool? IsOwnerRight { get; init; }

    /// <summary>True gaps of more than twice the limit, of any activity.</summary>
    public int LongGaps { get; init; }

    /// <summary>Those of them that nothing was told of.</summary>
    public IReadOnlyList<string> Missed { get; init; } = [];

    /// <summary>Stalls that were told of where there was no gap beyond the limit.</summary>
    public IReadOnlyList<string> False { get; init; } = [];

    public bool IsNamed => Rating is Rating.Right or Rating.Partial or Rating.Unknown or Rating.Wrong;

    public static Judgement Skipped(Fault fault, string reason) => new() { Fault = fault.Name, Rating = Rating.Skipped, Reason = reason };

    public static Judgement Broken(Fault fault, string reason) => new() { Fault = fault.Name, Rating = Rating.Broken, Reason = reason };
}

/// <summary>How right the named cause was.</summary>
internal enum Rating
{
    Right,

    /// <summary>Of a combination, one was named and the other not.</summary>
    Partial,

    /// <summary>The report says that it does not know.</summary>
    Unknown,

    Wrong,

    /// <summary>It was long enough, and there is no report.</summary>
    NotNamed,

    /// <summary>There was no gap beyond the limit: nothing to name.</summary>
    NoStall,

    /// <summary>It could not be run here.</summary>
    Skipped,

    /// <summary>It failed.</summary>
    Broken,
}
