namespace Hardening.Cli.Fixing;

/// <summary>What is fixed, and how.</summary>
internal sealed record FixOptions
{
    /// <summary>The fix that is taken where a rule has several: its key, or the beginning of its title. Null for the first, where that needs no decision.</summary>
    public string? Variant { get; init; }

    /// <summary>Only findings in files that match one of these patterns (<c>*</c> and <c>?</c>), relative to the root; none for all.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The folder that files must be in to be changed.</summary>
    public required string Within { get; init; }
}
