using System.Net;
using System.Net.Sockets;
using System.Text;
using Hardening.Dashboard.Tests.State;
using Hardening.Stalls;
using Microsoft.Extensions.DependencyInjection;

namespace Hardening.Dashboard.Tests.Serving;

/// <summary>Browsers that are told what happens: many, slow ones, too many, and at the end of the host.</summary>
[CancelAfter(120_000)]
public sealed class EventTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(200);

    [Test]
    public async Task Many_are_told_and_one_that_takes_nothing_is_cut_and_disturbs_nobody(CancellationToken timeout)
    {
        using var metrics = new MetricRecorder();
        await using var host = await DashboardHost.StartAsync(timeout, options: options => (options.UpdateEvery, options.BrowserTimeout) = (Often, TimeSpan.FromSeconds(5)));
        for (var i = 0; i < 200; i++)
        {
            host.Dashboard.Stalls.Reported(TestReports.Report($"r{i}", new string('x', 1000))); // a state of half a megabyte: what is kept for a reader is soon full
        }

        using var silent = new TcpClient { ReceiveBufferSize = 4096 };
        await silent.ConnectAsync(IPAddress.Loopback, host.Address.Port, timeout);
        await silent.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /hardening/api/events HTTP/1.1\r\nHost: {host.Address.Authority}\r\n\r\n"), timeout);
        await Eventually.HoldsAsync(() => host.Dashboard.Metrics.Browsers == 1, "it is there", timeout);
        var others = await OpenAsync(host, 20, timeout);
        var reads = new Task[others.Length];
        for (var i = 0; i < others.Length; i++)
        {
            reads[i] = ReadUntilAsync(others[i], "\"connected\":20,", timeout); // each reads all the time, and only the silent one goes
        }

        foreach (var read in reads)
        {
            await read;
        }

        Assert.That((host.Dashboard.Metrics.Cut, host.Dashboard.Metrics.Browsers), Is.EqualTo((1, 20)));
        Assert.That(host.Dashboard.Metrics.Dropped, Is.GreaterThan(0), "it was not told all meanwhile");
        Assert.That(metrics.Collect().Where(record => record.Name == "hardening.dashboard.browser.cut").Sum(record => record.Value), Is.EqualTo(1));
        Array.ForEach(others, other => other.Dispose());
        await Eventually.HoldsAsync(() => host.Dashboard.Metrics.Browsers == 0, "those who went are forgotten", timeout);
    }

    [Test]
    public async Task There_are_places_for_so_many_and_one_that_is_left_is_free(CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout, options: options => options.MaxBrowsers = 2);
        using var first = await EventReader.OpenAsync(host, timeout);
        var second = await EventReader.OpenAsync(host, timeout);
        var (status, text, response) = await host.GetAsync("hardening/api/events", timeout);
        Assert.That((status, text), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "2 browsers look at the dashboard, and it takes no more: close one, or raise Hardening:Dashboard:MaxBrowsers.\n")));
        Assert.That(response.Headers.RetryAfter?.ToString(), Is.EqualTo("10"));
        second.Dispose();
        await Eventually.HoldsAsync(() => host.Dashboard.Metrics.Browsers == 1, "its place is free", timeout);
        using var third = await EventReader.OpenAsync(host, timeout);
        var state = await third.NextAsync("state", _ => true, timeout);
        Assert.That(state.GetProperty("browsers").GetProperty("refused").GetInt64(), Is.EqualTo(1));
    }

    [Test]
    public async Task Streams_end_in_order_when_the_host_stops(CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout, options: options => options.UpdateEvery = Often);
        var readers = await OpenAsync(host, 5, timeout);
        await Task.WhenAll(readers.Select(reader => reader.NextAsync("state", _ => true, timeout)));
        var ends = readers.Select(async reader =>
        {
            while (await reader.NextAsync(timeout) is not null)
            {
                // the last ones
            }
        }).ToArray();
        await host.StopAsync(timeout); // the host would wait 5 min for a stream that goes on
        await Task.WhenAll(ends).WaitAsync(timeout);
        Assert.That(host.Dashboard.Metrics.Browsers, Is.Zero);
    }

    [Test]
    public async Task A_stall_is_told_at_once_and_opens_its_report(CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(
            timeout,
            services => services.AddStallWatchdog(watchdog =>
            {
                (watchdog.StallAfter, watchdog.LateAfter, watchdog.CheckEvery) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(50)); // what else stands still on a busy machine is not asked for
                watchdog.Reports.Directory = null;
            }),
            options => options.UpdateEvery = TimeSpan.FromSeconds(10));
        using var reader = await EventReader.OpenAsync(host, timeout);
        await reader.NextAsync("state", _ => true, timeout);
        using var heartbeat = host.Services.GetRequiredService<StallWatchdog>().Track("importer", TimeSpan.FromMilliseconds(200));
        heartbeat.Beat();
        var begun = await reader.NextAsync("stall", stall => stall.GetProperty("activities")[0].GetString() == "importer", timeout);
        Assert.That((begun.GetProperty("id").GetString(), begun.GetProperty("isOver").GetBoolean()), Is.EqualTo(("pending-1", false)));
        var known = await reader.NextAsync("stall", stall => stall.GetProperty("hasReport").GetBoolean() && !stall.GetProperty("isOver").GetBoolean(), timeout);
        Assert.That(known.GetProperty("cause").GetString(), Is.Not.Empty);
        heartbeat.Beat();
        var id = known.GetProperty("id").GetString();
        var over = await reader.NextAsync("stall", stall => stall.GetProperty("isOver").GetBoolean() && stall.GetProperty("id").GetString() == id, timeout);
        var (status, text, response) = await host.GetAsync($"hardening/api/stalls/{id}", timeout);
        Assert.That((status, response.Content.Headers.ContentType?.MediaType), Is.EqualTo((HttpStatusCode.OK, "application/json")));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, text, timeout);
        Assert.That(StallReportFile.Read(file).Report.Headline, Is.EqualTo(over.GetProperty("headline").GetString()), "it reads as the watchdog's own files do");
        File.Delete(file);
        var markdown = await host.GetAsync($"hardening/api/stalls/{id}.md", timeout);
        Assert.That((markdown.Status, markdown.Response.Content.Headers.ContentType?.MediaType), Is.EqualTo((HttpStatusCode.OK, "text/markdown")));
        Assert.That(markdown.Text, Does.StartWith("# ").And.Contain("importer"));
    }

    [TestCase("nothing")]
    [TestCase("..%2f..%2fetc%2fpasswd")]
    [TestCase("pending-1")]
    [TestCase(".md")]
    public async Task A_report_that_is_not_there_is_not_found(string id, CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout);
        host.Dashboard.Stalls.Detected(new StallEventArgs("importer", TimeSpan.Zero, DateTimeOffset.UnixEpoch));
        foreach (var path in (string[])[$"hardening/api/stalls/{id}", $"hardening/api/stalls/{new string('x', 1000)}"])
        {
            var (status, text, _) = await host.GetAsync(path, timeout);
            Assert.That(status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(text, Does.StartWith("There is no report of this stall"));
        }
    }

    [Test]
    public async Task What_a_browser_does_not_take_is_bounded_and_the_latest_stays(CancellationToken timeout)
    {
        using var metrics = new DashboardMetrics(meters: null);
        using var browser = new Hardening.Dashboard.Serving.Browser(metrics);
        for (byte i = 0; i < 100; i++)
        {
            browser.OfferState(new[] { i });
            browser.OfferStall(new[] { (byte)(100 + i) });
        }

        var taken = new List<byte>();
        while (taken.Count <= Hardening.Dashboard.Serving.Browser.MostStalls)
        {
            taken.Add((await browser.NextAsync(TimeSpan.FromSeconds(60), timeout))!.Value.Span[0]);
        }

        Assert.That(taken, Is.EqualTo(Enumerable.Range(184, Hardening.Dashboard.Serving.Browser.MostStalls).Append(99)));
        Assert.That(metrics.Dropped, Is.EqualTo(99 + 100 - Hardening.Dashboard.Serving.Browser.MostStalls));
        Assert.That(await browser.NextAsync(TimeSpan.Zero, timeout), Is.Null, "there is nothing new");
        browser.Dispose();
        Assert.That(() => browser.OfferState(new byte[] { 1 }), Throws.Nothing, "it has just gone");
    }

    private static async Task<EventReader[]> OpenAsync(DashboardHost host, int count, CancellationToken timeout)
    {
        var readers = new EventReader[count];
        for (var i = 0; i < count; i++)
        {
            readers[i] = await EventReader.OpenAsync(host, timeout);
        }

        return readers;
    }

    private static async Task ReadUntilAsync(EventReader reader, string text, CancellationToken timeout)
    {
        var seen = 0;
        while (await reader.NextAsync(timeout) is { } next)
        {
            seen++;
            if (next.Data.Contains("\"cut\":1}", StringComparison.Ordinal) && next.Data.Contains(text, StringComparison.Ordinal))
            {
                Assert.That(seen, Is.GreaterThan(1));
                return;
            }
        }

        Assert.Fail("a browser that reads was cut off");
    }
}
