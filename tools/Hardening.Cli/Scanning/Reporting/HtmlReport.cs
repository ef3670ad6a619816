using System.Text;
using Hardening.Cli.Scanning.Reporting.Html;

namespace Hardening.Cli.Scanning.Reporting;

/// <summary>Writes a scan as one page that needs nothing else: no network, no script (which only adds a filter), no other file.</summary>
internal static class HtmlReport
{
    /// <summary>From here on, a browser lays out only what is looked at: it opens at once, but what is not looked at cannot be selected.</summary>
    private const int Long = 1_000;

    public static async Task WriteAsync(ScanResult result, Stream stream, CancellationToken stop)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        var (content, page) = (new ReportContent(result), new HtmlPage(writer));
        ReportHead.Write(page, content);
        SummarySection.Write(page, content);
        TablesSection.Write(page, content);
        page.Write($"""<section aria-labelledby="findings"><h2 id="findings" tabindex="-1">Findings</h2>{"\n"}""");
        if (content.Files.Count == 0)
        {
            page.Write($"<p>Nothing was found.</p>\n");
        }
        else
        {
            FilterForm.Write(page, content);
        }

        page.Write($"""<div id="list"{(result.Findings.Count > Long ? " class=long" : "")}>{"\n"}""");
        foreach (var file in content.Files)
        {
            FindingsSection.WriteFile(page, file, content);
            await page.FlushAsync(stop);
        }

        page.Write($"</div>\n</section>\n</main>\n");
        ReportHead.WriteEnd(page);
        await page.FlushAsync(stop);
    }
}
