namespace Inspection.Reporting.Html;

/// <summary>The figures that decide, side by side as bars. All of them are better the smaller they are.</summary>
internal static class FiguresSection
{
    private static readonly Figure[] Figures =
    [
        new("frames lost", "before us, dropped, or owed by silent cameras", r => r.Lost + r.Dropped + r.Missed, Whole),
        new("stalls", "a camera without results for four periods, 100 ms at least", r => r.Stalls, Whole),
        new("longest pause", "of one camera, between two results", r => r.LongestPauseMs, Words.Milliseconds),
        new("latency, median", "from the arrival of a frame to its result", r => r.Latency.P50Ms, Words.Milliseconds),
        new("latency, 99 of 100", "stay below that", r => r.Latency.P99Ms, Words.Milliseconds),
        new("stopped for garbage collection", "all threads, in all", r => r.GcPauseMs, Words.Milliseconds),
        new("threads at peak", "", r => r.PeakThreads, Whole),
        new("memory at peak", "", r => r.PeakMemoryBytes >> 20, value => Whole(value) + " MB"),
        new("processor time", "of this process", r => r.UserSeconds + r.SystemSeconds, Words.Seconds),
        new("child processes left", "alive after the end", r => r.ChildrenLeft, Whole),
    ];

    public static void Write(HtmlPage page, IReadOnlyList<RunReport> reports)
    {
        page.WriteLine($"""<section aria-labelledby="figures"><h2 id="figures">{(reports.Count > 1 ? "Side by side" : "The figures that decide")}</h2><p class="hint">The shorter, the better.</p><div class="duels">""");
        foreach (var figure in Figures)
        {
            page.WriteLine($"""<div class="duel"><h3>{figure.Name} <span class="hint">{figure.Meaning}</span></h3><dl>""");
            var most = reports.Max(figure.Value);
            foreach (var report in reports)
            {
                var value = figure.Value(report);
                page.WriteLine($"""<div><dt>{report.Server}</dt><dd><svg class="meter {Words.ClassOf(report.Server)}" aria-hidden="true"><rect class="track" width="100%" height="100%" rx="3"/><rect width="{(most > 0 ? 100 * value / most : 0)}%" height="100%" rx="3"/></svg><b>{figure.Text(value)}</b></dd></div>""");
            }

            page.Write($"</dl></div>\n");
        }

        page.Write($"</div></section>\n");
    }

    private static string Whole(double value) => Words.Number((long)value);

    private sealed record Figure(string Name, string Meaning, Func<RunReport, double> Value, Func<double, string> Text);
}
