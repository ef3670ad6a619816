using System.Globalization;
using System.Text;
using Inspection.Timeline;

namespace Inspection.Reporting.Html;

/// <summary>What happened when: stalls above, and under them each camera's results per second, with what it lost hanging from the top.</summary>
internal static class TimelineSection
{
    private const double StallTop = 20;
    private const double StallHeight = 20;
    private const double LaneTop = 52;
    private const double LaneHeight = 34;
    private const double LaneGap = 10;

    public static void Write(HtmlPage page, IReadOnlyList<RunReport> reports)
    {
        var scale = new TimeScale(reports.Max(report => report.Seconds));
        page.WriteLine($"""<section aria-labelledby="timeline"><h2 id="timeline">What happened when</h2><p class="hint">Results per second of each camera; the dashed line is the rate at which it sends. What it lost in a second hangs from the top of its lane, in proportion; a bar at the bottom is a time without results.</p>""");
        WriteLegend(page, reports);
        foreach (var report in reports)
        {
            WriteChart(page, report, scale);
            WriteTable(page, report);
        }

        page.Write($"</section>\n");
    }

    private static void WriteLegend(HtmlPage page, IReadOnlyList<RunReport> reports)
    {
        var used = reports.SelectMany(report => report.Timeline.Stalls).Select(stall => StallGroups.Of(stall.Cause)).ToHashSet();
        page.WriteLine($"""<ul class="legend">""");
        foreach (var (group, name) in StallGroups.All.Where(group => used.Contains(group.Class)))
        {
            page.WriteLine($"""<li><span class="swatch {group}"></span>stall: {name}</li>""");
        }

        page.WriteLine($"""<li><span class="swatch still"></span>no results</li><li><span class="swatch lost"></span>lost before us, or owed</li><li><span class="swatch dropped"></span>dropped</li></ul>""");
    }

    private static void WriteChart(HtmlPage page, RunReport report, TimeScale scale)
    {
        var name = Words.ClassOf(report.Server);
        var timeline = report.Timeline;
        var bottom = LaneTop + (report.Cameras.Count * (LaneHeight + LaneGap));
        page.Write(
            $"""
            <figure><figcaption><b class="badge {name}">{report.Server}</b> {Words.Count(timeline.Stalls.Count + timeline.StallsLeftOut, "report")} of the watchdog, {Words.Count(report.Stalls, "stall")} of a camera</figcaption>
            <svg class="chart timeline {name}" width="100%" height="{bottom + 22}" role="group" aria-labelledby="time-{name}-title time-{name}-desc">
            <title id="time-{name}-title">{report.Server} over {Words.Seconds(report.Seconds)}</title>
            <desc id="time-{name}-desc">{Words.Count(report.Cameras.Count, "camera")}; {Words.Number(report.Lost)} frames lost before us, {Words.Number(report.Dropped)} dropped, {Words.Count(timeline.Stalls.Count, "stall")} reported. The table and the list below have all of it.</desc>

            """);
        foreach (var (seconds, isMajor) in scale.Ticks)
        {
            var at = scale.At(seconds);
            page.WriteLine($"""<g class="{(isMajor ? "tick" : "tick minor")}"><line class="grid" x1="{at}%" x2="{at}%" y1="{StallTop}" y2="{bottom}"/><text class="mark" x="{at}%" y="{bottom + 16}" text-anchor="{(at < 3 ? "start" : at > 97 ? "end" : "middle")}">{seconds.ToString("0.#", CultureInfo.InvariantCulture)} s</text></g>""");
        }

        page.WriteLine($"""<text class="lane" x="0" y="13">why it stood still</text><rect class="rail" width="{scale.At(report.Seconds)}%" y="{StallTop}" height="{StallHeight}" rx="2"/>""");
        for (var i = 0; i < timeline.Stalls.Count; i++)
        {
            WriteStall(page, timeline.Stalls[i], $"{name}-stall-{i + 1}", scale);
        }

        var rate = report.Seconds > 0 ? report.Due / report.Seconds / Math.Max(report.Cameras.Count, 1) : 0;
        for (var i = 0; i < report.Cameras.Count; i++)
        {
            WriteLane(page, report, i, Math.Max(rate, 0.001), scale);
        }

        page.Write($"</svg></figure>\n");
    }

    // A link for the mouse; the list below is there for everybody.
    private static void WriteStall(HtmlPage page, StallMark stall, string id, TimeScale scale)
    {
        var from = scale.At(stall.AtSeconds);
        var width = Math.Max(scale.At(stall.AtSeconds + stall.ForSeconds) - from, 0.25);
        page.WriteLine($"""<a href="#{id}" tabindex="-1"><title>{Words.Seconds(stall.AtSeconds)}, for {Words.Milliseconds(stall.ForSeconds * 1000)}: {Words.OfName(stall.Cause)}. {stall.Headline}</title><rect class="stall {StallGroups.Of(stall.Cause)}" x="{from}%" width="{width}%" y="{StallTop}" height="{StallHeight}" rx="1.5"/></a>""");
    }

    private static void WriteLane(HtmlPage page, RunReport report, int camera, double rate, TimeScale scale)
    {
        var (account, top) = (report.Cameras[camera], LaneTop + (camera * (LaneHeight + LaneGap)));
        var seconds = TimeScale.Merge([.. report.Timeline.Seconds.Where(second => camera < second.Cameras.Count)]);
        var most = Math.Max(rate * 1.25, seconds.Count == 0 ? 0 : seconds.Max(second => second.Cameras[camera].Fps));
        page.WriteLine($"""<rect class="rail" width="{scale.At(report.Seconds)}%" y="{top}" height="{LaneHeight}"/><svg y="{top}" width="100%" height="{LaneHeight}" viewBox="0 0 {scale.Seconds} 1" preserveAspectRatio="none"><polygon class="area" points="{Area(seconds, camera, most)}"/></svg>""");
        var due = top + (LaneHeight * (1 - (rate / most)));
        page.WriteLine($"""<line class="due" x1="0" x2="{scale.At(report.Seconds)}%" y1="{due}" y2="{due}"/>""");
        foreach (var second in seconds)
        {
            var figures = second.Cameras[camera];
            var (gone, dropped) = (figures.Lost + figures.Missed, figures.Dropped);
            if (gone + dropped > 0)
            {
                double Part(long count) => count == 0 ? 0 : Math.Clamp(LaneHeight * count / (rate * second.ForSeconds), 3, LaneHeight);
                var (from, until) = (scale.At(second.UntilSeconds - second.ForSeconds), scale.At(second.UntilSeconds));
                page.WriteLine($"""<g><title>{account.Camera}, until {Words.Seconds(second.UntilSeconds)}: {Words.Number(figures.Lost)} lost before us, {Words.Number(figures.Missed)} owed, {Words.Number(dropped)} dropped</title><rect class="lost" x="{from}%" width="{until - from}%" y="{top}" height="{Part(gone)}"/><rect class="dropped" x="{from}%" width="{until - from}%" y="{top + Part(gone)}" height="{Math.Min(Part(dropped), LaneHeight - Part(gone))}"/></g>""");
            }
        }

        foreach (var silence in report.Timeline.Silences.Where(silence => silence.Camera == account.Camera))
        {
            var from = scale.At(silence.AtSeconds);
            page.WriteLine($"""<rect class="still" x="{from}%" width="{Math.Max(scale.At(silence.AtSeconds + silence.ForSeconds) - from, 0.15)}%" y="{top + LaneHeight}" height="4"><title>{account.Camera}, {Words.Seconds(silence.AtSeconds)}: no results for {Words.Milliseconds(silence.ForSeconds * 1000)}</title></rect>""");
        }

        var gap = account.Lost + account.Missed + account.Dropped;
        page.WriteLine($"""<text class="lane" x="4" y="{top + LaneHeight - 5}">{account.Camera}: {(gap == 0 ? "none lost" : $"{Words.Number(account.Lost + account.Missed)} lost, {Words.Number(account.Dropped)} dropped")}</text>""");
    }

    private static string Area(IReadOnlyList<SecondFigures> seconds, int camera, double most)
    {
        var points = new StringBuilder("0,1");
        foreach (var second in seconds)
        {
            var y = 1 - (second.Cameras[camera].Fps / most);
            points.Append(CultureInfo.InvariantCulture, $" {second.UntilSeconds - second.ForSeconds:0.##},{y:0.###} {second.UntilSeconds:0.##},{y:0.###}");
        }

        return points.Append(CultureInfo.InvariantCulture, $" {(seconds.Count == 0 ? 0 : seconds[^1].UntilSeconds):0.##},1").ToString();
    }

    private static void WriteTable(HtmlPage page, RunReport report)
    {
        page.Write($"""<details class="aside"><summary>{report.Server}, second by second, as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="{report.Server}, table of seconds"><table class="seconds" data-server="{report.Server}"><caption>Results per second, and frames lost before us, owed or dropped</caption><thead><tr><th scope="col" class="number">until</th>""");
        foreach (var camera in report.Cameras)
        {
            page.Write($"""<th scope="col" class="number">{camera.Camera}</th>""");
        }

        page.Write($"</tr></thead><tbody>\n");
        foreach (var second in TimeScale.Merge(report.Timeline.Seconds))
        {
            page.Write($"""<tr><th scope="row" class="number">{Words.Seconds(second.UntilSeconds)}</th>""");
            foreach (var camera in second.Cameras)
            {
                page.Write($"""<td class="number">{camera.Fps.ToString("0.0", CultureInfo.InvariantCulture)}{Gone("lost", camera.Lost)}{Gone("owed", camera.Missed)}{Gone("dropped", camera.Dropped)}</td>""");
            }

            page.Write($"</tr>\n");
        }

        page.Write($"</tbody></table></div></details>\n");
    }

    private static string Gone(string how, long count) => count == 0 ? "" : $", {Words.Number(count)} {how}";
}
