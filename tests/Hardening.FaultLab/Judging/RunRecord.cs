using Hardening.FaultLab.Truth;

namespace Hardening.FaultLab.Judging;

/// <summary>What the application under test knows at the end of its run: the truth, and what was told.</summary>
internal sealed record RunRecord
{
    public required string Fault { get; init; }

    public required TimeSpan Limit { get; init; }

    /// <summary>When the fault was brought in: ns of the monotonic clock.</summary>
    public required long FaultStart { get; init; }

    /// <summary>When it was gone.</summary>
    public required long FaultEnd { get; init; }

    public required IReadOnlyList<Gap> Gaps { get; init; }

    public required IReadOnlyList<ToldStall> Told { get; init; }
}
