namespace Hardening.Cli.Scanning.Reporting.Sarif;

/// <summary>Findings as results.</summary>
internal sealed class SarifResults(ScanResult scan, SourceRoot root)
{
    private readonly Dictionary<string, int> _rules = scan.Rules.Index().ToDictionary(rule => rule.Item.Id, rule => rule.Index, StringComparer.Ordinal);
    private readonly bool _hasBaseline = scan.HasBaseline || scan.Findings.Any(finding => finding.IsKnown);

    public SarifResult Of(Finding finding) => new()
    {
        RuleId = finding.RuleId,
        RuleIndex = _rules.TryGetValue(finding.RuleId, out var index) ? index : null,
        Level = SarifRules.LevelOf(finding.Severity),
        Message = new SarifText(finding.Message),
        Locations =
        [
            new SarifLocation(new SarifPlace(root.Artifact(finding.Place.File), Region(finding.Place), Context(finding)))
            {
                LogicalLocations = finding.Symbol.Length > 0 ? [new SarifMember(finding.Symbol, "member")] : null,
            },
        ],
        RelatedLocations = finding.Related.Count > 0
            ? [.. finding.Related.Select((place, number) => new SarifLocation(new SarifPlace(root.Artifact(place.File), Region(place), null)) { Id = number + 1 })]
            : null,
        // A name of our own: services that know one better compute theirs beside it.
        PartialFingerprints = new Dictionary<string, string> { ["hardening/v1"] = finding.Fingerprint },
        BaselineState = _hasBaseline ? (finding.IsKnown ? "unchanged" : "new") : null,
        Properties = new SarifResultProperties(root.PathOf(finding.Place.File), finding.Project, finding.Symbol.Length > 0 ? finding.Symbol : null, finding.Evidence, finding.IsFixable),
    };

    private static SarifRegion Region(FindingPlace place) =>
        new() { StartLine = place.StartLine, StartColumn = place.StartColumn, EndLine = place.EndLine, EndColumn = place.EndColumn };

    private static SarifRegion? Context(Finding finding) => finding.Snippet.Count == 0
        ? null
        : new SarifRegion { StartLine = finding.SnippetStart, EndLine = finding.SnippetStart + finding.Snippet.Count - 1, Snippet = new SarifText(string.Join('\n', finding.Snippet)) };
}
