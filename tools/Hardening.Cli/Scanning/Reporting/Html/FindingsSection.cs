namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>The findings, file by file.</summary>
internal static class FindingsSection
{
    public static void WriteFile(HtmlPage page, FileFindings file, ReportContent content)
    {
        var (folder, name) = Words.Split(file.File);
        page.Write(
            $"""
            <details class="file" id="file-{file.Number}" open>
            <summary><h3><span class="folder">{folder}</span>{name}</h3> <span class="count">{Words.Count(file.Findings.Count, "finding")}</span></summary>

            """);
        foreach (var one in file.Findings)
        {
            WriteFinding(page, one, content);
        }

        page.Write($"</details>\n");
    }

    private static void WriteFinding(HtmlPage page, NumberedFinding one, ReportContent content)
    {
        var finding = one.Finding;
        var severity = Words.Of(finding.Severity);
        page.Write($"""<article class="finding {severity}{(finding.IsKnown ? " known" : "")}" id="finding-{one.Number}" data-rule="{finding.RuleId}" data-severity="{severity}" """);
        page.Write($"""data-known="{(finding.IsKnown ? 1 : 0)}" data-measured="{(finding.Evidence is null ? 0 : 1)}" data-fixable="{(finding.IsFixable ? 1 : 0)}">""");
        page.Write($"""<h4><span class="pill {severity}">{severity}</span> """);
        RuleLink.Write(page, content.Titles[finding.RuleId]);
        page.Write($""" <span class="title">{content.Titles[finding.RuleId].Title}</span></h4>""");
        page.Write($"""<p class="message">{finding.Message}</p>""");
        if (finding.Evidence is not null)
        {
            page.Write($"""<p class="evidence"><svg class="clock" aria-hidden="true"><use href="#clock"/></svg> <strong>Measured in stall reports:</strong> {finding.Evidence}</p>""");
        }

        WritePlace(page, one, content);
        SnippetBlock.Write(page, finding);
        WriteRelated(page, finding);
        page.Write($"</article>\n");
    }

    private static void WritePlace(HtmlPage page, NumberedFinding one, ReportContent content)
    {
        var finding = one.Finding;
        page.Write($"""<p class="place"><a href="#finding-{one.Number}">line {finding.Place.StartLine}, column {finding.Place.StartColumn}</a>""");
        if (finding.Symbol.Length > 0)
        {
            page.Write($" in <code>{finding.Symbol}</code>");
        }

        if (content.Scan.Projects.Count > 1)
        {
            page.Write($""" <span class="tag">{finding.Project}</span>""");
        }

        if (content.HasBaseline)
        {
            page.Write($""" <span class="tag {(finding.IsKnown ? "known" : "new")}">{(finding.IsKnown ? "known: in the baseline" : "new")}</span>""");
        }

        if (finding.IsFixable)
        {
            page.Write($""" <span class="tag">harden fix can mend it</span>""");
        }

        page.Write($"</p>\n");
    }

    private static void WriteRelated(HtmlPage page, Finding finding)
    {
        if (finding.Related.Count == 0)
        {
            return;
        }

        page.Write($"""<p class="related">See also:""");
        foreach (var (index, place) in finding.Related.Index())
        {
            page.Write($"""{(index == 0 ? " " : ", ")}<code>{place.File}:{place.StartLine}</code>""");
        }

        page.Write($"</p>\n");
    }
}
