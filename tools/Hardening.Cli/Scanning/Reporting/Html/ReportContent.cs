using System.Globalization;
using System.Text.RegularExpressions;

namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>A finding, and its number on the page.</summary>
internal sealed record NumberedFinding(int Number, Finding Finding);

/// <summary>The findings in one file, and its number on the page.</summary>
internal sealed record FileFindings(int Number, string File, IReadOnlyList<NumberedFinding> Findings);

/// <summary>The findings of one rule.</summary>
internal sealed record RuleFindings(ScannedRule Rule, int Count, int Known, int Fixable);

/// <summary>A scan, counted and sorted as the page shows it.</summary>
internal sealed partial class ReportContent
{
    public ReportContent(ScanResult scan)
    {
        Scan = scan;
        HasBaseline = scan.HasBaseline || scan.Findings.Any(finding => finding.IsKnown);
        var numbered = scan.Findings.Select((finding, index) => new NumberedFinding(index + 1, finding)).ToList();
        Files =
        [
            .. numbered.GroupBy(one => one.Finding.Place.File, StringComparer.Ordinal).OrderBy(file => file.Key, StringComparer.Ordinal)
                .Select((file, index) => new FileFindings(index + 1, file.Key, [.. file])),
        ];
        var byRule = scan.Findings.ToLookup(finding => finding.RuleId, StringComparer.Ordinal);
        // A rule that reports without being listed is shown all the same.
        var rules = scan.Rules.Concat(byRule.Select(found => found.Key).Except(scan.Rules.Select(rule => rule.Id), StringComparer.Ordinal)
            .Select(id => new ScannedRule(id, "", "", byRule[id].Max(finding => finding.Severity), "")));
        Rules =
        [
            .. rules.Select(rule => new RuleFindings(rule, byRule[rule.Id].Count(), byRule[rule.Id].Count(finding => finding.IsKnown), byRule[rule.Id].Count(finding => finding.IsFixable)))
                .OrderByDescending(rule => rule.Rule.Severity).ThenByDescending(rule => rule.Count).ThenBy(rule => rule.Rule.Id, StringComparer.Ordinal),
        ];
        Titles = Rules.ToDictionary(rule => rule.Rule.Id, rule => rule.Rule, StringComparer.Ordinal);
        Measured = [.. numbered.Where(one => one.Finding.Evidence is not null).OrderByDescending(one => SecondsOf(one.Finding.Evidence!))];
        Notes = [.. scan.Notes, .. scan.Projects.SelectMany(project => project.Notes.Select(note => $"{ReportNames.Of(project)}: {note}"))];
    }

    public ScanResult Scan { get; }

    public bool HasBaseline { get; }

    public IReadOnlyList<FileFindings> Files { get; }

    /// <summary>The worst first, then those with most findings.</summary>
    public IReadOnlyList<RuleFindings> Rules { get; }

    public IReadOnlyDictionary<string, ScannedRule> Titles { get; }

    /// <summary>What stall reports name, the longest first.</summary>
    public IReadOnlyList<NumberedFinding> Measured { get; }

    public IReadOnlyList<string> Notes { get; }

    public int Known => Scan.Findings.Count(finding => finding.IsKnown);

    public int CountOf(FindingSeverity severity) => Scan.Findings.Count(finding => finding.Severity == severity);

    private static double SecondsOf(string evidence) =>
        Seconds().Match(evidence) is { Success: true } match ? double.Parse(match.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"(?<seconds>\d+(\.\d+)?) s\b")]
    private static partial Regex Seconds();
}
