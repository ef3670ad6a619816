using System.Text;

namespace Inspection.Reporting.Html;

/// <summary>Writes runs as one page that needs nothing else: no network, no script, no other file. The reports of stalls are linked where they are.</summary>
internal static class HtmlReport
{
    private const string Icon =
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%23134e6f'/%3E%3Cpath d='M2 9h3l2-5 3 8 2-3h2' fill='none' stroke='white' stroke-width='1.6'/%3E%3C/svg%3E";

    /// <summary>Writes the page.</summary>
    /// <param name="reports">The runs, in their order.</param>
    /// <param name="setup">What was run, in one line.</param>
    /// <param name="stallDirectory">Where the reports of stalls are, in a directory for each server.</param>
    /// <param name="path">The file.</param>
    public static void Write(IReadOnlyList<RunReport> reports, string setup, string stallDirectory, string path) =>
        File.WriteAllText(path, Create(reports, setup, new ReportLinks(stallDirectory, path)), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    /// <summary>The page: HTML that is well-formed XML too.</summary>
    public static string Create(IReadOnlyList<RunReport> reports, string setup, ReportLinks links)
    {
        var page = new HtmlPage();
        WriteHead(page, reports, setup);
        if (reports.Count > 0)
        {
            FiguresSection.Write(page, reports);
            LatencySection.Write(page, reports);
            TimelineSection.Write(page, reports);
            StallsSection.Write(page, reports, links);
            TablesSection.Write(page, reports);
        }

        page.Write($"</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void WriteHead(HtmlPage page, IReadOnlyList<RunReport> reports, string setup)
    {
        var policy = $"default-src 'none'; style-src '{PageStyle.Instance.Hash}'; img-src data:; base-uri 'none'; form-action 'none'";
        page.Write(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta http-equiv="Content-Security-Policy" content="{policy}" />
            <meta name="referrer" content="no-referrer" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <title>{string.Join(" and ", reports.Select(report => report.Server))}: {setup}</title>
            <link rel="icon" href="{Icon}" />
            <style>
            """);
        page.WriteStyle(PageStyle.Instance);
        page.Write(
            $"""
            </style>
            </head>
            <body>
            <header>
            <p class="product">Inspection <span>one camera server{(reports.Count > 1 ? ", twice" : "")}</span></p>
            <h1>{setup}</h1>

            """);
        foreach (var report in reports)
        {
            page.WriteLine($"""<p class="verdict"><b class="badge {Words.ClassOf(report.Server)}">{report.Server}</b> {Verdict.Of(report)}</p>""");
        }

        foreach (var caveat in Verdict.CaveatsOf(reports))
        {
            page.WriteLine($"""<p class="caveat">{caveat}</p>""");
        }

        page.Write($"{(reports.Count == 0 ? "It was interrupted before anything was run." : "")}</header>\n<main>\n");
    }
}
