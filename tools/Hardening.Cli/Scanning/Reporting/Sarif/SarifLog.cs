using System.Text.Json.Serialization;

namespace Hardening.Cli.Scanning.Reporting.Sarif;

/// <summary>What we write of SARIF 2.1.0. Names are those of the specification, in its spelling but for the first letter; null is left out.</summary>
internal sealed record SarifLog(IReadOnlyList<SarifRun> Runs)
{
    [JsonPropertyName("$schema")]
    [JsonPropertyOrder(-2)]
    public string Schema { get; } = "https://json.schemastore.org/sarif-2.1.0.json";

    [JsonPropertyOrder(-1)]
    public string Version { get; } = "2.1.0";
}

internal sealed record SarifRun
{
    public required SarifTool Tool { get; init; }

    public required IReadOnlyList<SarifInvocation> Invocations { get; init; }

    public required IReadOnlyDictionary<string, SarifArtifact> OriginalUriBaseIds { get; init; }

    public string ColumnKind { get; } = "utf16CodeUnits";

    public required IEnumerable<SarifResult> Results { get; init; }
}

internal sealed record SarifTool(SarifDriver Driver);

internal sealed record SarifDriver(string Name, string Version, string? InformationUri, IReadOnlyList<SarifRule> Rules);

internal sealed record SarifText(string Text)
{
    public string? Markdown { get; init; }
}

internal sealed record SarifRule
{
    public required string Id { get; init; }

    public required SarifText ShortDescription { get; init; }

    public required SarifText FullDescription { get; init; }

    public required SarifLevel DefaultConfiguration { get; init; }

    public required string? HelpUri { get; init; }

    public required SarifText Help { get; init; }

    public required SarifRuleProperties Properties { get; init; }
}

internal sealed record SarifLevel(string Level);

/// <param name="Category">Such as <c>Hardening.Locks</c>.</param>
/// <param name="Tags">What code scanning services filter by.</param>
/// <param name="ProblemSeverity">The same as the level, in the words of GitHub.</param>
internal sealed record SarifRuleProperties(string Category, IReadOnlyList<string> Tags, [property: JsonPropertyName("problem.severity")] string ProblemSeverity);

internal sealed record SarifInvocation(bool ExecutionSuccessful, DateTimeOffset StartTimeUtc, DateTimeOffset EndTimeUtc, IReadOnlyList<SarifNotification> ToolExecutionNotifications);

internal sealed record SarifNotification(string Level, SarifText Message);

internal sealed record SarifArtifact(string Uri, string? UriBaseId);

internal sealed record SarifRegion
{
    public required int StartLine { get; init; }

    public int? StartColumn { get; init; }

    public required int EndLine { get; init; }

    public int? EndColumn { get; init; }

    public SarifText? Snippet { get; init; }
}

internal sealed record SarifPlace(SarifArtifact ArtifactLocation, SarifRegion Region, SarifRegion? ContextRegion);

internal sealed record SarifMember(string FullyQualifiedName, string Kind);

internal sealed record SarifLocation(SarifPlace PhysicalLocation)
{
    [JsonPropertyOrder(-1)]
    public int? Id { get; init; }

    public IReadOnlyList<SarifMember>? LogicalLocations { get; init; }
}

internal sealed record SarifResult
{
    public required string RuleId { get; init; }

    public required int? RuleIndex { get; init; }

    public required string Level { get; init; }

    public required SarifText Message { get; init; }

    public required IReadOnlyList<SarifLocation> Locations { get; init; }

    public IReadOnlyList<SarifLocation>? RelatedLocations { get; init; }

    public required IReadOnlyDictionary<string, string> PartialFingerprints { get; init; }

    public string? BaselineState { get; init; }

    public required SarifResultProperties Properties { get; init; }
}

/// <param name="Path">The file of the first location, relative as there, but as it is named on disk: for those who cannot read URIs.</param>
/// <param name="Project">Where it was found, with the framework where there are several.</param>
/// <param name="Symbol">The member that it is in.</param>
/// <param name="Evidence">What stall reports measured at it.</param>
/// <param name="IsFixable">Whether <c>harden fix</c> can mend it.</param>
internal sealed record SarifResultProperties(string Path, string Project, string? Symbol, string? Evidence, bool IsFixable);
