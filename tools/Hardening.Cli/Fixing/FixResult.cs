namespace Hardening.Cli.Fixing;

/// <summary>What was done, or with a dry run would be.</summary>
internal sealed record FixResult
{
    public required string Root { get; init; }

    /// <summary>Nothing was written.</summary>
    public required bool IsDryRun { get; init; }

    public required IReadOnlyList<AppliedFix> Applied { get; init; }

    /// <summary>The changes that were taken back.</summary>
    public required IReadOnlyList<RefusedFix> Refused { get; init; }

    public required IReadOnlyList<OpenDecision> Decisions { get; init; }

    public required IReadOnlyList<LeftFinding> Left { get; init; }

    /// <summary>Relative to the root.</summary>
    public required IReadOnlyList<string> ChangedFiles { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Of a dry run.</summary>
    public string? Diff { get; init; }
}
