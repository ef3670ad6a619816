using Hardening.Cli.Projects;

namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>The same findings by rule and by file, and the projects that were scanned.</summary>
internal static class TablesSection
{
    private const int FilesShown = 15;

    public static void Write(HtmlPage page, ReportContent content)
    {
        if (content.Scan.Findings.Count > 0)
        {
            page.Write($"""<div class="tables">{"\n"}""");
            WriteRules(page, content);
            WriteFiles(page, content);
            page.Write($"</div>\n");
        }

        WriteSilent(page, content);
        WriteProjects(page, content);
    }

    private static void WriteRules(HtmlPage page, ReportContent content)
    {
        page.Write(
            $"""
            <section aria-labelledby="rules"><h2 id="rules">By rule</h2>
            <table><thead><tr><th scope="col">Rule</th><th scope="col">What it asks for</th><th scope="col" class="severity">Severity</th><th scope="col" class="number">Findings</th>
            """);
        if (content.HasBaseline)
        {
            page.Write($"""<th scope="col" class="number">New</th>""");
        }

        page.Write($"</tr></thead><tbody>\n");
        foreach (var (rule, count, known, _) in content.Rules.Where(rule => rule.Count > 0))
        {
            page.Write($"""<tr><th scope="row">""");
            RuleLink.Write(page, rule);
            page.Write($"</th><td>");
            if (rule.Description.Length > 0)
            {
                page.Write($"<details><summary>{rule.Title}</summary><p>{rule.Description}</p></details>");
            }
            else
            {
                page.Write($"{rule.Title}");
            }

            var severity = Words.Of(rule.Severity);
            page.Write($"""</td><td class="severity"><span class="pill {severity}">{severity}</span></td><td class="number"><a href="#findings" data-show-rule="{rule.Id}">{Words.Number(count)}</a></td>""");
            if (content.HasBaseline)
            {
                page.Write($"""<td class="number">{Words.Number(count - known)}</td>""");
            }

            page.Write($"</tr>\n");
        }

        page.Write($"</tbody></table>\n</section>\n");
    }

    private static void WriteFiles(HtmlPage page, ReportContent content)
    {
        page.Write(
            $"""
            <section aria-labelledby="files"><h2 id="files">Files with most findings</h2>
            <table><thead><tr><th scope="col">File</th><th scope="col" class="number">Findings</th></tr></thead><tbody>

            """);
        foreach (var file in content.Files.OrderByDescending(file => file.Findings.Count).ThenBy(file => file.Number).Take(FilesShown))
        {
            var (folder, name) = Words.Split(file.File);
            page.Write($"""<tr><th scope="row"><a href="#file-{file.Number}"><span class="folder">{folder}</span>{name}</a></th><td class="number">{Words.Number(file.Findings.Count)}</td></tr>{"\n"}""");
        }

        page.Write($"</tbody></table>\n");
        if (content.Files.Count > FilesShown)
        {
            page.Write($"""<p class="more">and {Words.Count(content.Files.Count - FilesShown, "file")} more</p>{"\n"}""");
        }

        page.Write($"</section>\n");
    }

    private static void WriteSilent(HtmlPage page, ReportContent content)
    {
        var silent = content.Rules.Where(rule => rule.Count == 0).OrderBy(rule => rule.Rule.Id, StringComparer.Ordinal).ToList();
        if (silent.Count == 0)
        {
            return;
        }

        page.Write($"""<details class="aside"><summary>{Words.Count(silent.Count, "rule")} found nothing</summary>{"\n"}<ul>{"\n"}""");
        foreach (var (rule, _, _, _) in silent)
        {
            page.Write($"<li>");
            RuleLink.Write(page, rule);
            page.Write($" {rule.Title}</li>\n");
        }

        page.Write($"</ul></details>\n");
    }

    private static void WriteProjects(HtmlPage page, ReportContent content)
    {
        page.Write(
            $"""
            <details class="aside"><summary>{Words.Count(content.Scan.Projects.Count, "project")} scanned</summary>
            <table><thead><tr><th scope="col">Project</th><th scope="col">Read</th><th scope="col" class="number">Files</th><th scope="col" class="number">Lines</th></tr></thead><tbody>

            """);
        foreach (var project in content.Scan.Projects)
        {
            var mode = project.Mode == LoadMode.Built ? "as the build compiles it" : "loosely, without its packages";
            page.Write($"""<tr><th scope="row">{ReportNames.Of(project)}<br><span class="folder">{project.Path}</span></th><td>{mode}</td>""");
            page.Write($"""<td class="number">{Words.Number(project.Files)}</td><td class="number">{Words.Number(project.Lines)}</td></tr>{"\n"}""");
        }

        page.Write($"</tbody></table></details>\n");
    }
}
