using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Inspection.Tests.Reporting;

namespace Inspection.Tests.Processes;

/// <summary>Holds a page against the figures that the same run wrote as JSON.</summary>
internal static class PageFigures
{
    public static void Check(string file, IReadOnlyList<JsonElement> figures)
    {
        var page = Page.Parse(File.ReadAllText(file));
        var table = Page.Rows(page, "figures");
        Assert.That(table[0], Is.EqualTo(figures.Select(run => run.GetProperty("server").GetString()).Prepend("")));
        Compare("frames due", run => Number(run, "due"));
        Compare("frames received", run => Number(run, "received"));
        Compare("lost before us (gaps)", run => Number(run, "lost"));
        Compare("stalls seen by the watchdog", run => Number(run, "stalls"));
        Compare("child processes left", run => Number(run, "childrenLeft"));
        Compare("frames archived", run => Number(run, "archived"));

        var cameras = Page.Rows(page, "cameras").Skip(1).Select(row => string.Join('|', row));
        Assert.That(cameras, Is.EqualTo(
            from run in figures
            from camera in run.GetProperty("cameras").EnumerateArray()
            select string.Join('|', run.GetProperty("server").GetString(), camera.GetProperty("camera").GetString(), camera.GetProperty("state").GetString()!.ToLowerInvariant(),
                Number(camera, "received"), Number(camera, "processed"), Number(camera, "dropped"), Number(camera, "inFlight"), Number(camera, "lost"), Number(camera, "missed"))));

        // Each frame that has a result has a latency, and each second of the run a row.
        var latencies = Page.Rows(page, "latencies").Skip(1).ToList();
        Assert.That(Enumerable.Range(1, figures.Count).Select(column => latencies.Sum(row => long.Parse(row[column], NumberStyles.AllowThousands, CultureInfo.InvariantCulture))), Is.EqualTo(figures.Select(run => run.GetProperty("processed").GetInt64())));
        var seconds = page.Descendants("table").Where(one => (string?)one.Attribute("class") == "seconds").Select(one => one.Element("tbody")!.Elements().Count());
        Assert.That(seconds, Is.EqualTo(figures.Select(run => run.GetProperty("timeline").GetProperty("seconds").GetArrayLength())).And.All.GreaterThan(0));
        var stalls = figures.SelectMany(run => run.GetProperty("timeline").GetProperty("stalls").EnumerateArray()).Select(stall => stall.GetProperty("headline").GetString());
        Assert.That(page.Descendants("ol").SelectMany(list => list.Elements()).Select(item => item.Elements().Single(part => (string?)part.Attribute("class") == "headline").Value), Is.EqualTo(stalls));

        void Compare(string row, Func<JsonElement, string> value) => Assert.That(table.Single(cells => cells[0] == row).Skip(1), Is.EqualTo(figures.Select(value)), row);
    }

    private static string Number(JsonElement element, string name) => element.GetProperty(name).GetInt64().ToString("N0", CultureInfo.InvariantCulture);
}
