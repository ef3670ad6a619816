namespace Inspection.Reporting.Html;

/// <summary>All figures, as the terminal shows them, and those of each camera.</summary>
internal static class TablesSection
{
    public static void Write(HtmlPage page, IReadOnlyList<RunReport> reports)
    {
        page.Write($"""<section aria-labelledby="all"><h2 id="all">All figures</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of all figures"><table class="figures"><thead><tr><td></td>""");
        foreach (var report in reports)
        {
            page.Write($"""<th scope="col" class="number">{report.Server}</th>""");
        }

        page.Write($"</tr></thead><tbody>\n");
        foreach (var (name, value) in ReportTable.Rows(reports))
        {
            page.Write($"""<tr><th scope="row">{name}</th>""");
            foreach (var report in reports)
            {
                page.Write($"""<td class="number">{value(report)}</td>""");
            }

            page.Write($"</tr>\n");
        }

        page.Write($"</tbody></table></div></section>\n");
        WriteCameras(page, reports);
    }

    private static void WriteCameras(HtmlPage page, IReadOnlyList<RunReport> reports)
    {
        page.Write(
            $"""
            <section aria-labelledby="cameras"><h2 id="cameras">Camera by camera</h2><p class="hint">For each: received = processed + dropped + in flight.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Table of cameras"><table class="cameras"><thead><tr><th scope="col">server</th><th scope="col">camera</th><th scope="col">state</th><th scope="col" class="number">received</th><th scope="col" class="number">processed</th><th scope="col" class="number">dropped</th><th scope="col" class="number">in flight</th><th scope="col" class="number">lost before us</th><th scope="col" class="number">owed</th></tr></thead><tbody>

            """);
        foreach (var report in reports)
        {
            foreach (var camera in report.Cameras)
            {
                page.Write($"""<tr><td><b class="badge {Words.ClassOf(report.Server)}">{report.Server}</b></td><th scope="row">{camera.Camera}</th><td>{Words.OfName(camera.State)}</td><td class="number">{Words.Number(camera.Received)}</td><td class="number">{Words.Number(camera.Processed)}</td>""");
                page.WriteLine($"""<td class="number">{Words.Number(camera.Dropped)}</td><td class="number">{Words.Number(camera.InFlight)}</td><td class="number">{Words.Number(camera.Lost)}</td><td class="number">{Words.Number(camera.Missed)}</td></tr>""");
            }
        }

        page.Write($"</tbody></table></div></section>\n");
    }
}
