using System.Globalization;

namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>What a reader sees first: the sum, what was measured, and what could not be looked at.</summary>
internal static class SummarySection
{
    private static readonly FindingSeverity[] WorstFirst = [FindingSeverity.Error, FindingSeverity.Warning, FindingSeverity.Info];

    public static void Write(HtmlPage page, ReportContent content)
    {
        var scan = content.Scan;
        page.Write(
            $"""
            <header>
            <p class="product">harden <span>scan report</span></p>
            <h1>{scan.Target}</h1>
            <p class="verdict">{Verdict(content)}</p>
            <p class="about"><time datetime="{scan.StartedAt.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}">{Words.Time(scan.StartedAt)}</time>
            · took {Words.Duration(scan.Duration)} · {Words.Count(scan.Projects.Count, "project")}, {Words.Count(scan.Projects.Sum(project => project.Files), "file")}, {Words.Count(scan.Projects.Sum(project => project.Lines), "line")} · {Words.Count(scan.Rules.Count, "rule")} · version {scan.ToolVersion}</p>
            </header>
            <main>
            <section aria-labelledby="summary"><h2 id="summary">Summary</h2>
            <dl class="cards">

            """);
        foreach (var severity in WorstFirst)
        {
            WriteCard(page, Words.Of(severity), content.CountOf(severity), severity == FindingSeverity.Info ? "info" : Words.Of(severity) + "s");
        }

        if (content.HasBaseline)
        {
            WriteCard(page, "new", scan.Findings.Count - content.Known, "new");
            WriteCard(page, "known", content.Known, "known");
        }

        WriteCard(page, "measured", content.Measured.Count, "measured in stall reports");
        WriteCard(page, "fixable", scan.Findings.Count(finding => finding.IsFixable), "harden fix can mend");
        page.Write($"</dl>\n");
        WriteBar(page, content);
        page.Write($"</section>\n");
        WriteMeasured(page, content);
        WriteNotes(page, content);
    }

    private static string Verdict(ReportContent content)
    {
        var findings = content.Scan.Findings;
        if (findings.Count == 0)
        {
            return "Nothing was found.";
        }

        var places = $"in {Words.Count(content.Files.Count, "file")}";
        return (content.HasBaseline, findings.Count - content.Known) switch
        {
            (false, _) => $"{Words.Count(findings.Count, "finding")} {places}.",
            (true, 0) => $"No new findings; {Words.Number(content.Known)} known {places}.",
            (true, var unknown) => $"{Words.Number(unknown)} new {(unknown == 1 ? "finding" : "findings")}, {Words.Number(content.Known)} known, {places}.",
        };
    }

    private static void WriteCard(HtmlPage page, string kind, int count, string label) =>
        page.Write($"""<div class="card {kind}{(count == 0 ? " none" : "")}"><dt>{label}</dt><dd>{Words.Number(count)}</dd></div>{"\n"}""");

    private static void WriteBar(HtmlPage page, ReportContent content)
    {
        var total = content.Scan.Findings.Count;
        if (total == 0)
        {
            return;
        }

        page.Write($"""<svg class="bar" viewBox="0 0 {total} 1" preserveAspectRatio="none" aria-hidden="true">""");
        var from = 0;
        foreach (var severity in WorstFirst)
        {
            var count = content.CountOf(severity);
            page.Write($"""<rect class="{Words.Of(severity)}" x="{from}" width="{count}" height="1"/>""");
            from += count;
        }

        page.Write($"</svg>\n");
    }

    private static void WriteMeasured(HtmlPage page, ReportContent content)
    {
        if (content.Measured.Count == 0)
        {
            return;
        }

        page.Write(
            $"""
            <section class="measured" aria-labelledby="measured"><h2 id="measured">What stall reports measured</h2>
            <p>These statements stalled a running process. Begin here.</p>
            <ol>

            """);
        foreach (var one in content.Measured)
        {
            var finding = one.Finding;
            page.Write($"""<li><a href="#finding-{one.Number}"><code>{finding.Place.File}:{finding.Place.StartLine}</code></a> <strong>{finding.Evidence}</strong> <span>{finding.Message}</span></li>{"\n"}""");
        }

        page.Write($"</ol>\n</section>\n");
    }

    private static void WriteNotes(HtmlPage page, ReportContent content)
    {
        if (content.Notes.Count == 0)
        {
            return;
        }

        page.Write($"""<section class="notes" aria-labelledby="notes"><h2 id="notes">What this scan could not do</h2>{"\n"}<ul>{"\n"}""");
        foreach (var note in content.Notes)
        {
            page.Write($"<li>{note}</li>\n");
        }

        page.Write($"</ul>\n</section>\n");
    }
}
