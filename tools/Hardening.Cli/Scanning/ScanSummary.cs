using System.Globalization;
using Hardening.Cli.Scanning.Reporting;
using Spectre.Console;

namespace Hardening.Cli.Scanning;

/// <summary>A scan as a person reads it: the worst first, the sum last.</summary>
internal sealed class ScanSummary(Terminal terminal)
{
    private const int MostFindings = 25;
    private const int MostFiles = 10;
    private const int MostGone = 10;

    private readonly TextWriter _writer = terminal.Out.Profile.Out.Writer;

    /// <param name="result">The scan.</param>
    /// <param name="gone">What a baseline has and the code has no more.</param>
    /// <param name="peakBytes">The most memory that the program had.</param>
    public void Write(ScanResult result, IReadOnlyList<BaselineEntry> gone, long peakBytes)
    {
        var news = result.Findings.Where(finding => !finding.IsKnown)
            .OrderByDescending(finding => finding.Severity).ThenByDescending(finding => finding.Evidence is not null).ToList();
        var shown = terminal.IsInteractive ? MostFindings : int.MaxValue;
        foreach (var finding in news.Take(shown))
        {
            WriteFinding(finding);
        }

        if (news.Count > shown)
        {
            Line($"… and {Number(news.Count - shown)} more: --html, --sarif and --json have all of them.");
        }

        WriteRules(result);
        WriteFiles(result);
        WriteGone(gone);
        WriteNotes(result);
        Line(Sum(result, peakBytes));
    }

    private void WriteFinding(Finding finding)
    {
        var place = $"{finding.Place.File}:{Number(finding.Place.StartLine)}";
        var text = finding.Evidence is { } evidence && !finding.RuleId.StartsWith("HRD9", StringComparison.Ordinal) ? $"{finding.Message} [measured: {evidence}]" : finding.Message;
        if (terminal.IsInteractive)
        {
            var colour = finding.Severity switch { FindingSeverity.Error => "red", FindingSeverity.Warning => "yellow", _ => "blue" };
            terminal.Out.MarkupLine($"{Markup.Escape(PlainText.Line(place))} [{colour}]{finding.RuleId}[/] {Markup.Escape(PlainText.Line(text))}");
        }
        else
        {
            Line($"{place} {finding.RuleId} {text}");
        }
    }

    private void WriteRules(ScanResult result)
    {
        if (result.Findings.Count == 0)
        {
            return;
        }

        Head("By rule");
        var rules = result.Rules.ToDictionary(rule => rule.Id);
        foreach (var group in result.Findings.GroupBy(finding => finding.RuleId).OrderByDescending(group => group.Max(finding => finding.Severity)).ThenByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal))
        {
            var fixable = group.Any(finding => finding.IsFixable) ? " (harden fix)" : "";
            Line($"  {Number(group.Count()),5}  {group.Key}  {group.Max(finding => finding.Severity).ToString().ToLowerInvariant(),-7}  {rules[group.Key].Title}{fixable}");
        }
    }

    private void WriteFiles(ScanResult result)
    {
        var files = result.Findings.GroupBy(finding => finding.Place.File).OrderByDescending(file => file.Count()).ThenBy(file => file.Key, StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            return;
        }

        Head("By file");
        foreach (var file in files.Take(MostFiles))
        {
            Line($"  {Number(file.Count()),5}  {file.Key}");
        }

        if (files.Count > MostFiles)
        {
            Line($"  {Number(files.Skip(MostFiles).Sum(file => file.Count())),5}  in {Number(files.Count - MostFiles)} other files");
        }
    }

    private void WriteGone(IReadOnlyList<BaselineEntry> gone)
    {
        if (gone.Count == 0)
        {
            return;
        }

        Head($"Gone from the baseline: {Number(gone.Count)} (--write-baseline takes them out)");
        foreach (var entry in gone.Take(MostGone))
        {
            Line($"  {entry.File} {entry.Rule} {entry.Symbol}");
        }

        if (gone.Count > MostGone)
        {
            Line($"  … and {Number(gone.Count - MostGone)} more");
        }
    }

    private void WriteNotes(ScanResult result)
    {
        var notes = result.Notes.Concat(result.Projects.SelectMany(project => project.Notes.Select(note => $"{ReportNames.Of(project)}: {note}"))).Distinct(StringComparer.Ordinal).ToList();
        if (notes.Count == 0)
        {
            return;
        }

        Head("Notes");
        notes.ForEach(note => Line($"  {note}"));
    }

    private static string Sum(ScanResult result, long peakBytes)
    {
        var findings = result.Findings;
        int Count(FindingSeverity severity) => findings.Count(finding => finding.Severity == severity);
        var known = result.HasBaseline ? $", {Number(findings.Count(finding => !finding.IsKnown))} of them new" : "";
        // A project for several frameworks has its files once.
        var projects = result.Projects.GroupBy(project => project.Path).Select(project => project.MaxBy(framework => framework.Files)!).ToList();
        return $"{Of(findings.Count, "finding")} ({Of(Count(FindingSeverity.Error), "error")}, {Of(Count(FindingSeverity.Warning), "warning")}, {Number(Count(FindingSeverity.Info))} info{known})"
            + $" in {Of(findings.Select(finding => finding.Place.File).Distinct().Count(), "file")}; looked at {Of(projects.Count, "project")}, {Of(projects.Sum(project => project.Files), "file")}, {Of(projects.Sum(project => project.Lines), "line")}"
            + $" in {result.Duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s with {Number((int)(peakBytes >> 20))} MiB.";
    }

    private void Head(string text) => Line($"\n{text}");

    private void Line(string text) => _writer.WriteLine(text.StartsWith('\n') ? "\n" + PlainText.Line(text[1..]) : PlainText.Line(text));

    private static string Of(int count, string thing) => $"{Number(count)} {thing}{(count == 1 ? "" : "s")}";

    private static string Number(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
