using Deque.AxeCore.Playwright;
using Hardening.Cli.Scanning;
using Hardening.Cli.Scanning.Reporting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hardening.Cli.Tests.Reporting.Html;

/// <summary>What a reader sees, in a real browser.</summary>
[CancelAfter(120_000)]
public sealed class HtmlReportTests
{
    [Test]
    public async Task Without_script_all_findings_can_be_read(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Small, withScript: false).WaitAsync(timeout);
        await Expect(report.Findings).ToHaveCountAsync(7);
        await Expect(report.Page.Locator("#filter")).ToBeHiddenAsync();
        var page = await report.Page.Locator("body").InnerTextAsync();
        foreach (var finding in Scans.Small.Findings)
        {
            Assert.That(page, Does.Contain(finding.Message).And.Contain($"line {finding.Place.StartLine}, column 2").And.Contain(finding.RuleId));
        }

        Assert.That(page, Does.Contain("6 new findings, 1 known, in 3 files.").And.Contain("140.0 s in 2 stalls").And.Contain("was not restored").And.Contain("the type 'Octopus' was not found"));
    }

    [Test]
    public async Task The_sum_stands_on_top_and_what_was_measured_comes_first(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Small).WaitAsync(timeout);
        var page = report.Page;
        await Expect(page).ToHaveTitleAsync("7 findings in App.sln");
        Assert.That(await page.Locator(".cards dd").AllInnerTextsAsync(), Is.EqualTo(new[] { "2", "3", "2", "6", "1", "2", "2" }));
        Assert.That(await page.Locator("section.measured li strong").AllInnerTextsAsync(), Is.EqualTo(new[] { "140.0 s in 2 stalls", "12.4 s in 31 stalls" }));
        var rules = page.Locator("section[aria-labelledby=rules] tbody tr");
        Assert.That(await rules.Locator("th").AllInnerTextsAsync(), Is.EqualTo(new[] { "HRD2013", "HRD1001", "HRD3001" }));
        Assert.That(await rules.Locator("th a").First.GetAttributeAsync("href"), Is.EqualTo(Scans.Pages + "HRD2013.md"));
        Assert.That(await page.Locator("section[aria-labelledby=files] tbody th").AllInnerTextsAsync(), Has.Count.EqualTo(3).And.ItemAt(0).EqualTo("src/Inspection/Counter.cs"));
        await Expect(page.GetByText("1 rule found nothing")).ToBeVisibleAsync();
    }

    [Test]
    public async Task What_a_finding_is_about_is_marked_in_its_lines(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Small).WaitAsync(timeout);
        var first = report.Page.Locator("#finding-1");
        Assert.That(await first.Locator("mark").AllInnerTextsAsync(), Is.EqualTo(new[] { "lock (this)" }));
        Assert.That(await first.Locator(".line").AllTextContentsAsync(), Is.EqualTo(Scans.Small.Findings[0].Snippet.Select(line => line + "\n")));
        Assert.That(await first.Locator(".hit").GetAttributeAsync("data-n"), Is.EqualTo("12"));
        await Expect(first.Locator(".evidence")).ToContainTextAsync("12.4 s in 31 stalls");
        await Expect(report.Page.Locator("#finding-2")).ToContainTextAsync("known: in the baseline");
        await Expect(report.Page.Locator("#finding-4 .related")).ToContainTextAsync("/opt/shared/Gate.cs:3");
    }

    [Test]
    public async Task A_filter_narrows_it_down_and_links_still_lead_to_what_they_name(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Small).WaitAsync(timeout);
        var page = report.Page;
        await Expect(report.Shown).ToHaveTextAsync("All findings are shown.");
        await page.GetByLabel("Text").FillAsync("server.cs LOCK");
        await Expect(report.Shown).ToHaveTextAsync("2 of 7 findings are shown, in 1 of 3 files.");
        await Expect(report.Findings).ToHaveCountAsync(2);
        await Expect(page.Locator("#list > details:visible")).ToHaveCountAsync(1);
        await page.GetByLabel("Text").FillAsync("no such text");
        await Expect(report.Shown).ToHaveTextAsync("No finding matches.");

        await page.Locator("section.measured a").First.ClickAsync();
        await Expect(report.Page.Locator("#finding-7")).ToBeInViewportAsync();
        await Expect(report.Shown).ToHaveTextAsync("All findings are shown.");

        await page.Locator("#filter select").SelectOptionAsync("HRD2013");
        await Expect(report.Findings).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();
        await Expect(report.Findings).ToHaveCountAsync(7);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "warning" }).UncheckAsync();
        await Expect(report.Findings).ToHaveCountAsync(4);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "measured" }).CheckAsync();
        await Expect(report.Findings).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "known" }).UncheckAsync();
        await Expect(report.Findings).ToHaveCountAsync(6);

        await page.Locator("a[data-show-rule=HRD3001]").ClickAsync();
        await Expect(report.Findings).ToHaveCountAsync(2);
        await Expect(page.Locator("#filter select")).ToHaveValueAsync("HRD3001");
    }

    [Test]
    public async Task Files_collapse_and_open_again_where_a_link_leads(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Small).WaitAsync(timeout);
        await report.Page.GetByRole(AriaRole.Button, new() { Name = "Collapse all" }).ClickAsync();
        await Expect(report.Findings).ToHaveCountAsync(0);
        await report.Page.Locator("section.measured a").Last.ClickAsync();
        await Expect(report.Findings).ToHaveCountAsync(3);
        await report.Page.GetByRole(AriaRole.Button, new() { Name = "Expand all" }).ClickAsync();
        await Expect(report.Findings).ToHaveCountAsync(7);
    }

    [Test]
    public async Task Nothing_from_outside_becomes_markup(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Hostile).WaitAsync(timeout);
        var page = report.Page;
        Assert.That(await page.EvaluateAsync<bool>("() => 'injected' in window"), Is.False);
        Assert.That(await page.Locator("script, img, style").EvaluateAllAsync<string[]>("all => all.map(one => one.tagName)"), Is.EqualTo(new[] { "STYLE", "SCRIPT" }));
        Assert.That(await page.Locator("h1, article").CountAsync(), Is.EqualTo(2));
        Assert.That(await page.Locator("a").EvaluateAllAsync<string[]>("all => all.map(one => one.protocol)"), Has.All.EqualTo("file:"));
        Assert.That(await page.EvaluateAsync<int>("() => document.createNodeIterator(document, NodeFilter.SHOW_COMMENT).nextNode() ? 1 : 0"), Is.Zero);

        // All of it is there to be read: what is hidden, in numbers.
        var text = await page.Locator("body").TextContentAsync();
        foreach (var where in (string[])["id", "file", "message", "symbol", "project", "evidence", "snippet", "end", "related", "target", "version", "note", "name", "path", "framework", "projectnote", "title", "description"])
        {
            Assert.That(text, Does.Contain($"""{where}'"><img src=x onerror="injected=1">"""));
        }

        Assert.That(text, Does.Contain(@"\u202Ecs.exe\u0007\uD800#100%.cs").And.Contain(@"\u001B[2J").And.Contain(@"if (access\u202E // \u2066)"));
        Assert.That(await page.Locator("#finding-1").GetAttributeAsync("data-rule"), Is.EqualTo(Scans.Hostile.Rules[0].Id));
        await page.Locator("#filter select").SelectOptionAsync(Scans.Hostile.Rules[0].Id);
        await Expect(report.Findings).ToHaveCountAsync(1);
    }

    [Test]
    public async Task A_script_that_got_in_would_not_run(CancellationToken timeout)
    {
        var file = Path.Combine(Browser.Folder, "injected.html");
        await using (var stream = File.Create(file))
        {
            await HtmlReport.WriteAsync(Scans.Small, stream, timeout);
        }

        const string Harm = """<script>document.title = "injected"</script><p onclick="x">in</p><img src="data:," onerror="document.title = 'injected'">""";
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, timeout)).Replace("<main>", "<main>" + Harm, StringComparison.Ordinal), timeout);
        await using var context = await Browser.Running.NewContextAsync();
        var page = await context.NewPageAsync();
        var refused = new List<string>();
        page.Console += (_, message) => refused.Add(message.Text);
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        await Expect(page.Locator("#shown")).ToHaveTextAsync("All findings are shown.");
        await Expect(page).ToHaveTitleAsync("7 findings in App.sln");
        Assert.That(refused, Has.Some.Contains("Content Security Policy"));
    }

    [TestCase(ColorScheme.Light)]
    [TestCase(ColorScheme.Dark)]
    public async Task Everyone_can_use_it(ColorScheme colors, CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Small, colors: colors).WaitAsync(timeout);
        await report.Page.Locator("details").EvaluateAllAsync<int>("all => all.map(one => one.open = true).length");
        var looked = await report.Page.RunAxe();
        Assert.That(looked.Passes, Has.Some.Property("Id").EqualTo("color-contrast"));
        Assert.That(looked.Violations.SelectMany(rule => rule.Nodes!.Select(node => $"{rule.Id}: {node.Html} {string.Join(' ', node.Any?.Select(check => check.Message) ?? [])}")), Is.Empty);
        var dark = await report.Page.EvaluateAsync<bool>("() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(part => part < 64)");
        Assert.That(dark, Is.EqualTo(colors == ColorScheme.Dark));
    }

    [Test]
    public async Task The_keyboard_is_enough(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Small).WaitAsync(timeout);
        await report.Page.Keyboard.PressAsync("Tab");
        await Expect(report.Page.GetByText("Skip to the findings")).ToBeFocusedAsync();
        await report.Page.Keyboard.PressAsync("Enter");
        await report.Page.Keyboard.PressAsync("Tab");
        await Expect(report.Page.GetByLabel("Text")).ToBeFocusedAsync();
        await report.Page.Locator("#list summary").First.FocusAsync();
        await report.Page.Keyboard.PressAsync("Enter");
        await Expect(report.Findings).ToHaveCountAsync(4);
    }

    [Test]
    public async Task A_small_screen_needs_no_scrolling_sideways(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Small, width: 360).WaitAsync(timeout);
        Assert.That(await report.Page.EvaluateAsync<int>("() => document.scrollingElement.scrollWidth"), Is.LessThanOrEqualTo(360));
    }

    [Test]
    public async Task Ten_thousand_findings_open_and_can_be_filtered(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Large(10_000)).WaitAsync(timeout);
        await Expect(report.Shown).ToHaveTextAsync("All findings are shown.");
        Assert.That(await report.Page.Locator("article").CountAsync(), Is.EqualTo(10_000));
        await report.Page.GetByLabel("Text").FillAsync("type0499.cs");
        await Expect(report.Shown).ToHaveTextAsync("20 of 10000 findings are shown, in 1 of 500 files.");
    }

    [Test]
    public async Task Nothing_found_is_said(CancellationToken timeout)
    {
        await using var report = await OpenedReport.OpenAsync(Scans.Empty).WaitAsync(timeout);
        await Expect(report.Page.Locator(".verdict")).ToHaveTextAsync("Nothing was found.");
        await Expect(report.Page.Locator("#filter")).ToHaveCountAsync(0);
    }

    [TestCase("", 1, 1, "")]
    [TestCase("lock (a) { b(); }", 1, 9, "lock (a)")]
    [TestCase("lock (a) { b(); }", 100, 120, "")]
    [TestCase("lock (a) { b(); }", -4, 5, "lock")]
    [TestCase("lock (a) { b(); }", 12, 9_000, "b(); }")]
    public async Task A_place_outside_of_its_line_marks_what_is_there(string line, int start, int end, string marked)
    {
        var finding = Scans.Finding(Scans.LockOnThis, "C.cs", 3) with { Place = new FindingPlace("C.cs", 3, start, 3, end), Snippet = [line], SnippetStart = 3 };
        var page = await TextAsync(Scans.Empty with { Findings = [finding] });
        Assert.That(page, marked.Length == 0 ? Does.Not.Contain("<mark>") : Does.Contain($"<mark>{marked}</mark>"));
    }

    [Test]
    public async Task A_very_long_line_is_cut_around_its_mark()
    {
        var line = new string('x', 5_000) + "HERE" + new string('y', 5_000);
        var finding = Scans.Finding(Scans.LockOnThis, "C.cs", 3) with { Place = new FindingPlace("C.cs", 3, 5_001, 3, 5_005), Snippet = [line, new string('z', 9_000)], SnippetStart = 3 };
        var page = await TextAsync(Scans.Empty with { Findings = [finding] });
        Assert.That(page, Does.Contain($">…{new string('x', 80)}<mark>HERE</mark>{new string('y', 316)}…\n").And.Contain($">{new string('z', 400)}…\n"));
    }

    [Test]
    public async Task A_range_over_several_lines_is_marked_in_each()
    {
        var finding = Scans.Finding(Scans.LockOnThis, "C.cs", 3) with { Place = new FindingPlace("C.cs", 3, 5, 5, 6), Snippet = ["    lock (a)", "    {  ", "    }  // end", "x"], SnippetStart = 3 };
        var page = await TextAsync(Scans.Empty with { Findings = [finding] });
        Assert.That(page, Does.Contain("    <mark>lock (a)</mark>\n").And.Contain("    <mark>{</mark>  \n").And.Contain("    <mark>}</mark>  // end\n").And.Contain("""data-n="6">x"""));
    }

    [Test]
    public void Cancelling_stops_it()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.That(async () => await HtmlReport.WriteAsync(Scans.Small, new MemoryStream(), stop.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static async Task<string> TextAsync(ScanResult scan)
    {
        using var stream = new MemoryStream();
        await HtmlReport.WriteAsync(scan, stream, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
