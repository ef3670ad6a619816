using System.Xml.Linq;
using Inspection.Reporting;
using Inspection.Reporting.Html;
using Inspection.Timeline;

namespace Inspection.Tests.Reporting;

/// <summary>The page, as a parser reads it. What a browser makes of it: <see cref="BrowserTests"/>; whether its figures are those of a run: <see cref="Processes.RunTests"/>.</summary>
public sealed class HtmlReportTests
{
    private string _folder = null!;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("inspection-page-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_begins_with_what_became_of_each_server()
    {
        var page = Write([Runs.Legacy, Runs.Hardened with { UsedByOthers = 0.7 }]);
        Assert.That(Of(page, "p", "verdict"), Is.EqualTo(new[]
        {
            "legacy lost 16.7 % of its frames, stood still twice, and left 4 processes behind.",
            "hardened lost no frame, never stood still, and left nothing behind.",
        }));
        Assert.That(Of(page, "p", "caveat"), Is.EqualTo(new[] { "Other programs used 70 % of the machine while hardened ran, which makes its figures worse than they need to be." }));
    }

    [Test]
    public void A_report_that_is_there_is_linked_and_one_that_is_not_is_named()
    {
        var stalls = Directory.CreateDirectory(Path.Combine(_folder, "st alls#", "legacy")).FullName;
        File.WriteAllText(Path.Combine(stalls, "stall-1.hardening.md"), "");
        var page = Write([Runs.Legacy], Path.Combine(_folder, "st alls#"));
        var links = page.Descendants("a").Where(link => !link.Attribute("href")!.Value.StartsWith('#')).Select(link => link.Attribute("href")!.Value).Distinct().ToList();
        Assert.That(links, Is.EqualTo(new[] { "st%20alls%23/legacy/stall-1.hardening.md" }));
        Assert.That(File.Exists(Path.Combine(_folder, Uri.UnescapeDataString(links[0]))));
        Assert.That(Of(page, "ol", "stalls").Single(), Does.Contain("stall-2, which was not kept"));
    }

    [Test]
    public void Each_stall_on_the_line_of_time_leads_to_its_words()
    {
        var page = Write([Runs.Legacy, Runs.Hardened]);
        var marks = page.Descendants("a").Where(link => link.Attribute("href")!.Value.StartsWith('#')).ToList();
        Assert.That(marks, Has.Count.EqualTo(2));
        foreach (var (mark, stall) in marks.Zip(Runs.Legacy.Timeline.Stalls))
        {
            var words = page.Descendants("li").Single(item => "#" + (string?)item.Attribute("id") == mark.Attribute("href")!.Value);
            Assert.That(words.Value, Does.Contain(stall.Headline).And.Contain(stall.Activities[0]));
            Assert.That(mark.Value, Does.Contain(stall.Headline));
        }

        Assert.That(marks[0].Element("rect")!.Attribute("x")!.Value, Is.EqualTo("37.5%"), "1.5 of 4 s");
        Assert.That(marks[1].Element("rect")!.Attribute("width")!.Value, Is.EqualTo("20%"), "0.8 of 4 s");
    }

    [Test]
    public void Nothing_from_outside_becomes_markup()
    {
        var page = Write([Runs.Attack], Runs.Hostile);
        Assert.That(page.Descendants("img"), Is.Empty);
        Assert.That(page.DescendantsAndSelf().Attributes().Where(attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal)), Is.Empty);
        Assert.That(Page.Rows(page, "cameras")[1][1], Is.EqualTo(Runs.Hostile));
        Assert.That(Of(page, "p", "headline"), Is.EqualTo(new[] { Runs.Hostile, Runs.Hostile }));
        Assert.That(page.Descendants("h1").Single().Value, Is.EqualTo(Runs.Hostile));
    }

    [Test]
    public void It_needs_nothing_but_itself()
    {
        var page = Write([Runs.Legacy, Runs.Hardened]);
        Assert.That(page.Descendants("script"), Is.Empty);
        Assert.That(page.DescendantsAndSelf().Attributes().Where(attribute => attribute.Name.LocalName is "src" or "style" or "srcset"), Is.Empty);
        Assert.That(page.Descendants("link").Single().Attribute("href")!.Value, Does.StartWith("data:image/svg+xml,"));
        Assert.That(page.Descendants("style").Single().Value, Does.Not.Contain("url(").And.Not.Contain("@import"));
        var policy = page.Descendants("meta").Single(meta => (string?)meta.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!.Value;
        Assert.That(policy, Does.StartWith("default-src 'none'; style-src 'sha256-"));
    }

    [Test]
    public void Each_chart_has_a_name_and_a_description_and_a_table()
    {
        var page = Write([Runs.Legacy, Runs.Hardened]);
        var charts = page.Descendants("svg").Where(svg => svg.Attribute("role") is not null).ToList();
        Assert.That(charts, Has.Count.EqualTo(4));
        foreach (var chart in charts)
        {
            var labels = chart.Attribute("aria-labelledby")!.Value.Split(' ').Select(id => page.Descendants().Single(one => (string?)one.Attribute("id") == id).Value);
            Assert.That(labels, Has.Exactly(2).Items.And.All.Not.Empty);
        }

        Assert.That(page.Descendants("table").Select(table => (string?)table.Attribute("class")), Is.EqualTo(new[] { "latencies", "seconds", "seconds", "figures", "cameras" }));
        Assert.That(Page.Rows(page, "latencies").Skip(1).Select(row => string.Join('|', row)), Is.EqualTo(new[] { "2.048 ms to 4.096 ms|100|240", "4.096 ms to 8.192 ms|60|0", "524.288 ms to 1.049 s|1|0" }));
        Assert.That(page.Descendants("table").First(table => (string?)table.Attribute("class") == "seconds").Descendants("td").First().Value, Is.EqualTo("20.0, 10 lost"));
    }

    [Test]
    public void A_long_run_is_drawn_in_as_many_columns_as_can_be_seen()
    {
        var hour = new RunTimeline([.. Enumerable.Range(1, 3600).Select(second => new SecondFigures(second, 1, [new(30, 1, 0, 0), new(30, 0, 0, 0)]))], [], [], 0);
        var page = Write([Runs.Legacy with { Seconds = 3600, Due = 3600 * 60, Timeline = hour }]);
        var rows = page.Descendants("table").Single(table => (string?)table.Attribute("class") == "seconds").Descendants("td").ToList();
        Assert.That(rows, Has.Count.EqualTo(2 * 240));
        Assert.That(rows[0].Value, Is.EqualTo("30.0, 15 lost"), "none is left out");
    }

    [Test]
    public void Nothing_that_was_run_is_a_page_too()
    {
        Assert.That(Write([]).Value, Does.Contain("It was interrupted before anything was run."));
        var none = Runs.Hardened with { LatencyBuckets = [], Latency = new(0, 0, 0), Timeline = RunTimeline.Empty, Cameras = [], Seconds = 0, Due = 0, UsedByOthers = null };
        Assert.That(Write([none]).Value, Does.Contain("No frame was processed."));
    }

    private static IEnumerable<string> Of(XElement page, string element, string name) => page.Descendants(element).Where(one => (string?)one.Attribute("class") == name).Select(one => one.Value);

    private XElement Write(IReadOnlyList<RunReport> reports, string? stalls = null)
    {
        var file = Path.Combine(_folder, "page.html");
        HtmlReport.Write(reports, Runs.Hostile, stalls ?? _folder, file);
        return Page.Parse(File.ReadAllText(file));
    }
}
