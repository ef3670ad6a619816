namespace Hardening.Cli.Scanning;

/// <summary>What a scan looks for.</summary>
internal sealed record ScanOptions
{
    /// <summary>Ids of rules, which may have <c>*</c> in them; empty for all.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>What is less bad is left out.</summary>
    public FindingSeverity MinSeverity { get; init; } = FindingSeverity.Info;

    /// <summary>The severities of rules: those of a preset of the package, where the code does not set its own; null for what the projects have.</summary>
    public string? Preset { get; init; }

    /// <summary>Stall reports that all projects are given.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];
}
