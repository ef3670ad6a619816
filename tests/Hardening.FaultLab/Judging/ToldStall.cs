using Hardening.Stalls;

namespace Hardening.FaultLab.Judging;

/// <summary>What the watchdog told of a stall, at one time: when it was detected, when it was named, when it was over.</summary>
internal sealed record ToldStall
{
    /// <summary>The report's; empty for the bare events.</summary>
    public required string Id { get; init; }

    /// <summary>Who stood still, the first of them first.</summary>
    public required IReadOnlyList<string> Activities { get; init; }

    /// <summary>When it was told: ns of the monotonic clock.</summary>
    public required long Time { get; init; }

    /// <summary>Since when they stood still, as far as the watchdog knows.</summary>
    public required long Start { get; init; }

    /// <summary>How long it had lasted when the watchdog noticed it, by its own account; telling may come later, on another thread.</summary>
    public TimeSpan? NoticedAfter { get; init; }

    public bool HasEnded { get; init; }

    /// <summary>How long it had lasted when it was told, or in all.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Until when it lasted, where that was told later.</summary>
    public long? EndedAt { get; init; }

    /// <summary>Until when it is known to have lasted. On a busy machine it may be told seconds after its end, and is not of the gaps since.</summary>
    public long End => Math.Min(Time, EndedAt ?? (HasEnded ? Start + (long)Duration.TotalNanoseconds : Time));

    /// <summary>Null where no cause is told: a bare event.</summary>
    public StallVerdict? Verdict { get; init; }

    public string Headline { get; init; } = "";

    public ThreadStackFrame? Culprit { get; init; }

    /// <summary>The locks, with owner and places.</summary>
    public IReadOnlyList<StallLock> Locks { get; init; } = [];

    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Whether there were stacks: without them no line can be named.</summary>
    public bool HasStacks { get; init; }

    public bool IsReport => Verdict is not null;
}
