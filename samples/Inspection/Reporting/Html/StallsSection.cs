using Inspection.Timeline;

namespace Inspection.Reporting.Html;

/// <summary>Why the servers stood still: the causes that the watchdog named, stalls of the same cause and statement together, and then each stall.</summary>
internal static class StallsSection
{
    private const int FewStalls = 6; // are shown at once

    public static void Write(HtmlPage page, IReadOnlyList<RunReport> reports, ReportLinks links)
    {
        page.WriteLine($"""<section aria-labelledby="stalls"><h2 id="stalls">Why it stood still</h2>""");
        foreach (var report in reports)
        {
            var timeline = report.Timeline;
            page.WriteLine($"""<h3><b class="badge {Words.ClassOf(report.Server)}">{report.Server}</b> {(report.StallCauses.Count == 0 ? "The watchdog named nothing." : "What the watchdog named")}</h3>""");
            if (report.StallCauses.Count > 0)
            {
                page.WriteLine($"""<ul class="causes" data-server="{report.Server}">""");
                foreach (var cause in report.StallCauses)
                {
                    page.Write($"""<li class="{StallGroups.Of(cause.Cause)}"><p class="headline">{cause.Headline}</p><p><span class="pill">{Words.OfName(cause.Cause)}</span> {Words.Count(cause.Count, "report")}, {Words.Seconds(cause.Seconds)} in all; the longest: """);
                    WriteLink(page, report.Server, cause.Report, links);
                    page.Write($"</p></li>\n");
                }

                page.Write($"</ul>\n");
            }

            WriteAll(page, report, links);
        }

        page.Write($"</section>\n");
    }

    private static void WriteAll(HtmlPage page, RunReport report, ReportLinks links)
    {
        var (stalls, leftOut) = (report.Timeline.Stalls, report.Timeline.StallsLeftOut);
        if (stalls.Count == 0)
        {
            return;
        }

        if (stalls.Count <= FewStalls)
        {
            page.Write($"""<details class="aside" open="open">""");
        }
        else
        {
            page.Write($"""<details class="aside">""");
        }

        page.WriteLine($"""<summary>{(leftOut == 0 ? (stalls.Count == 1 ? "The one report" : $"All {Words.Number(stalls.Count)} reports") : $"The first {Words.Number(stalls.Count)} reports; {Words.Number(leftOut)} more are left out")} of {report.Server}, in time</summary><ol class="stalls" data-server="{report.Server}">""");
        for (var i = 0; i < stalls.Count; i++)
        {
            WriteOne(page, report.Server, stalls[i], $"{Words.ClassOf(report.Server)}-stall-{i + 1}", links);
        }

        page.Write($"</ol></details>\n");
    }

    private static void WriteOne(HtmlPage page, string server, StallMark stall, string id, ReportLinks links)
    {
        page.Write($"""<li id="{id}" class="{StallGroups.Of(stall.Cause)}"><p><b>{Words.Seconds(stall.AtSeconds)}</b>, for {Words.Milliseconds(stall.ForSeconds * 1000)}{(stall.HasEnded ? "" : ", to the end")} <span class="pill">{Words.OfName(stall.Cause)}</span></p><p class="headline">{stall.Headline}</p><p class="hint">Stood still: {string.Join(", ", stall.Activities)}. Report: """);
        WriteLink(page, server, stall.Report, links);
        page.Write($"</p></li>\n");
    }

    private static void WriteLink(HtmlPage page, string server, string report, ReportLinks links)
    {
        if (links.Of(server, report) is (var path, { } link))
        {
            page.Write($"""<a href="{link}" title="{path}">{report}</a>""");
        }
        else
        {
            page.Write($"{report}, which was not kept");
        }
    }
}
