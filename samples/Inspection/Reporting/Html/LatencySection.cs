namespace Inspection.Reporting.Html;

/// <summary>How long frames took: a histogram for each server, on the same two logarithmic axes, so that the one frame that took a second is seen beside the thousands that did not.</summary>
internal static class LatencySection
{
    private const double Top = 56; // the labels of the percentiles
    private const double PlotHeight = 130;
    private const double Base = Top + PlotHeight;
    private const double LeastShare = 0.4; // of a power of ten, so that a single frame has a bar too

    public static void Write(HtmlPage page, IReadOnlyList<RunReport> reports)
    {
        var buckets = reports.SelectMany(report => report.LatencyBuckets).ToList();
        page.WriteLine($"""<section aria-labelledby="latency"><h2 id="latency">How long a frame took</h2><p class="hint">From its arrival at the host to its result. Both axes are logarithmic.</p>""");
        if (buckets.Count == 0)
        {
            page.Write($"<p>No frame was processed.</p></section>\n");
            return;
        }

        var scale = new LatencyScale(buckets.Min(bucket => bucket.FromMs), Math.Max(buckets.Max(bucket => bucket.FromMs), reports.Max(report => report.Latency.MaxMs)));
        var most = reports.Max(report => scale.Count(report.LatencyBuckets).Max());
        foreach (var report in reports)
        {
            WriteChart(page, report, scale, most);
        }

        WriteTable(page, reports);
        page.Write($"</section>\n");
    }

    private static void WriteChart(HtmlPage page, RunReport report, LatencyScale scale, long most)
    {
        var name = Words.ClassOf(report.Server);
        page.Write(
            $"""
            <figure><figcaption><b class="badge {name}">{report.Server}</b></figcaption>
            <svg class="chart latency {name}" width="100%" height="{Base + 24}" role="img" aria-labelledby="latency-{name}-title latency-{name}-desc">
            <title id="latency-{name}-title">Latencies of {report.Server}</title>
            <desc id="latency-{name}-desc">Half of {Words.Count(report.LatencyBuckets.Sum(bucket => bucket.Count), "frame")} took less than {Words.Milliseconds(report.Latency.P50Ms)}, 99 of 100 less than {Words.Milliseconds(report.Latency.P99Ms)}, and the longest {Words.Milliseconds(report.Latency.MaxMs)}. The table below has the counts.</desc>

            """);
        WriteAxes(page, scale, most);
        var counts = scale.Count(report.LatencyBuckets);
        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] > 0)
            {
                var (height, from, to) = (Height(counts[bin], most), scale.From * Math.Pow(2, bin / 4.0), scale.From * Math.Pow(2, (bin + 1) / 4.0));
                page.WriteLine($"""<rect class="bar" x="{bin * scale.BinWidth}%" width="{scale.BinWidth * 0.88}%" y="{Base - height}" height="{height}"><title>{Words.Milliseconds(from)} to {Words.Milliseconds(to)}: {Words.Count(counts[bin], "frame")}</title></rect>""");
            }
        }

        for (var count = 1L; count <= most; count *= 10)
        {
            page.WriteLine($"""<text class="mark" x="100%" y="{Base - Height(count, most) - 3}" text-anchor="end">{Words.Count(count, "frame")}</text>""");
        }

        WriteMark(page, scale, "median", report.Latency.P50Ms, row: 2);
        WriteMark(page, scale, "99 of 100", report.Latency.P99Ms, row: 1);
        WriteMark(page, scale, "longest", report.Latency.MaxMs, row: 0);
        page.Write($"</svg></figure>\n");
    }

    private static void WriteAxes(HtmlPage page, LatencyScale scale, long most)
    {
        for (var count = 1L; count <= most; count *= 10)
        {
            var y = Base - Height(count, most);
            page.WriteLine($"""<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>""");
        }

        foreach (var (ms, isMajor) in scale.Ticks)
        {
            var at = scale.At(ms);
            page.WriteLine($"""<g class="{(isMajor ? "tick" : "tick minor")}"><line x1="{at}%" x2="{at}%" y1="{Base}" y2="{Base + 5}"/><text class="mark" x="{at}%" y="{Base + 18}" text-anchor="{Anchor(at)}">{Words.Tick(ms)}</text></g>""");
        }

        page.WriteLine($"""<line class="axis" x1="0" x2="100%" y1="{Base}" y2="{Base}"/>""");
    }

    // Each in a row of its own: they may be at the same place.
    private static void WriteMark(HtmlPage page, LatencyScale scale, string label, double ms, int row)
    {
        var (at, y) = (scale.At(ms), 12.0 + (row * 17));
        var isLeft = at > 32; // of its line, where no other one crosses it
        page.WriteLine($"""<g class="quantile"><line x1="{at}%" x2="{at}%" y1="{y - 10}" y2="{Base}"/><text x="{at}%" dx="{(isLeft ? -5 : 5)}" y="{y}" text-anchor="{(isLeft ? "end" : "start")}">{label} {Words.Milliseconds(ms)}</text></g>""");
    }

    // The same in octaves: what a chart shows can be read too.
    private static void WriteTable(HtmlPage page, IReadOnlyList<RunReport> reports)
    {
        var octaves = reports.SelectMany(report => report.LatencyBuckets).Select(Octave).Distinct().Order().ToList();
        page.Write($"""<details class="aside"><summary>As a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Table of latencies"><table class="latencies"><thead><tr><th scope="col">frames that took</th>""");
        foreach (var report in reports)
        {
            page.Write($"""<th scope="col" class="number">{report.Server}</th>""");
        }

        page.Write($"</tr></thead><tbody>\n");
        foreach (var octave in octaves)
        {
            page.Write($"""<tr><th scope="row">{Words.Tick(Math.Pow(2, octave) / 1000)} to {Words.Tick(Math.Pow(2, octave + 1) / 1000)}</th>""");
            foreach (var report in reports)
            {
                page.Write($"""<td class="number">{Words.Number(report.LatencyBuckets.Where(bucket => Octave(bucket) == octave).Sum(bucket => bucket.Count))}</td>""");
            }

            page.Write($"</tr>\n");
        }

        page.Write($"</tbody></table></div></details>\n");
    }

    private static int Octave(LatencyCount bucket) => (int)Math.Floor(Math.Log2(Math.Max(bucket.FromMs * 1000, 1)));

    private static double Height(long count, long most) => PlotHeight * (Math.Log10(count) + LeastShare) / (Math.Log10(most) + LeastShare);

    private static string Anchor(double percent) => percent < 4 ? "start" : percent > 96 ? "end" : "middle";
}
