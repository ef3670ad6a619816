using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hardening.Dashboard.Tests.Browser;

/// <summary>What people see, in a real browser, of a real host.</summary>
[CancelAfter(120_000)]
public sealed class PageTests
{
    [Test]
    public async Task It_shows_cameras_pools_and_children_and_numbers_move(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page).WaitAsync(timeout);
        var page = opened.Page;
        await Expect(page).ToHaveTitleAsync($"Line on {Environment.MachineName}");
        await Expect(opened.Cameras).ToHaveCountAsync(3);
        await Expect(opened.Cameras.Locator(".state")).ToHaveTextAsync(["running", "running", "running"]);
        await Expect(opened.Cameras.First.Locator(".about")).ToHaveTextAsync("line · 320 × 256 · Mono8");
        var received = opened.Cameras.First.Locator(".small dd").First;
        await Expect(received).Not.ToHaveTextAsync(await received.InnerTextAsync());
        await Expect(opened.Cameras.First.Locator(".big")).Not.ToHaveTextAsync("–");

        // Frames that never came, by the gaps they left.
        await Expect(opened.Cameras.Last.Locator(".losses li", new() { HasText = "gaps" })).ToHaveTextAsync(new Regex("^before us: gaps in the numbers[1-9][0-9,]*$"));
        await Expect(opened.Cameras.First.Locator(".histogram rect:not([height='0']):not([height='0.0'])")).Not.ToHaveCountAsync(0);

        var pool = page.Locator("article.pool");
        await Expect(pool.Locator("h3")).ToHaveTextAsync("inspect");
        await Expect(pool.Locator(".state")).ToHaveTextAsync("ready");
        await Expect(pool.Locator(".cells span")).ToHaveCountAsync(2);
        var succeeded = pool.Locator("dt:text-is('succeeded') + dd");
        await Expect(succeeded).Not.ToHaveTextAsync(await succeeded.InnerTextAsync());
        await Expect(page.Locator("#children tr")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("#stages th")).ToHaveTextAsync("sinks");
        await Expect(page.Locator(".tile", new() { HasText = "Workers ready" }).Locator(".value")).ToHaveTextAsync("2 of 2");
    }

    [Test]
    public async Task Pictures_are_those_of_the_cameras_and_change(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page).WaitAsync(timeout);
        for (var i = 0; i < 3; i++)
        {
            var canvas = opened.Cameras.Nth(i).Locator("canvas");
            await Expect(canvas).ToHaveAttributeAsync("data-number", new Regex("^[0-9]+$"));
            var number = await canvas.GetAttributeAsync("data-number");
            var before = await PixelsAsync(canvas);
            await Expect(canvas).Not.ToHaveAttributeAsync("data-number", number!);
            Assert.That(await PixelsAsync(canvas), Is.Not.EqualTo(before));
            Assert.That(before.Split(',').Distinct().Count(), Is.GreaterThan(4), "it is a picture, not one colour");
        }
    }

    [Test]
    public async Task Nobody_who_does_not_look_asks_for_pictures(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page).WaitAsync(timeout);
        var page = opened.Page;
        await page.WaitForResponseAsync(response => response.Url.EndsWith("/api/thumbnails", StringComparison.Ordinal));
        await page.EvaluateAsync("() => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }); document.dispatchEvent(new Event('visibilitychange')); }");
        await Quiet();
        await page.EvaluateAsync("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }");
        await page.WaitForResponseAsync(response => response.Url.EndsWith("/api/thumbnails", StringComparison.Ordinal));

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause pictures" }).ClickAsync();
        await Expect(opened.Cameras.First.Locator(".age")).ToHaveTextAsync("paused");
        await Quiet();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause pictures" }).ClickAsync();
        await page.WaitForResponseAsync(response => response.Url.EndsWith("/api/thumbnails", StringComparison.Ordinal));

        // Two states later nothing was asked for, but perhaps what was under way.
        async Task Quiet()
        {
            var asked = opened.PictureRequests;
            var received = opened.Cameras.First.Locator(".small dd").First;
            for (var i = 0; i < 2; i++)
            {
                await Expect(received).Not.ToHaveTextAsync(await received.InnerTextAsync());
            }

            Assert.That(opened.PictureRequests - asked, Is.LessThanOrEqualTo(1));
        }
    }

    [Test]
    public async Task Nothing_from_outside_becomes_markup(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page).WaitAsync(timeout);
        await Expect(opened.Cameras.Nth(1).Locator("h3")).ToHaveTextAsync(WatchedHost.HostileName);
        Assert.That(await opened.Page.EvaluateAsync<bool>("() => 'injected' in window"), Is.False);
        Assert.That(await opened.Page.Locator("img, iframe, style, [style*=url], [onerror]").CountAsync(), Is.Zero);
    }

    [Test]
    public async Task A_stall_appears_by_itself_and_opens_its_report(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page).WaitAsync(timeout);
        var page = opened.Page;
        var before = await opened.Stalls.CountAsync();
        Chromium.Host.FallSilent();
        try
        {
            await Expect(opened.Stalls.Filter(new() { HasText = "so far" }).First).ToBeEnabledAsync();
            await Expect(page.Locator("#said")).ToContainTextAsync("importer");
            await Expect(page.Locator("#strip .mark[data-going=true]")).Not.ToHaveCountAsync(0);
            await opened.Stalls.First.ClickAsync();
            await Expect(opened.Report.Locator("h3").First).ToHaveTextAsync("Why");
            await Expect(opened.Report).ToContainTextAsync("has been silent for");
        }
        finally
        {
            Chromium.Host.GoOn();
        }

        // The report that is open follows.
        await Expect(opened.Report).ToContainTextAsync(": silent for");
        await Expect(opened.Report.Locator("h2")).ToContainTextAsync("importer");
        await Expect(opened.Report.Locator(".evidence li")).Not.ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");
        await Expect(opened.Report).ToBeHiddenAsync();
        await Expect(page.Locator("#stalls-sum")).ToContainTextAsync("in the last 10 minutes");
        await page.GetByText("1 h", new() { Exact = true }).ClickAsync();
        await Expect(page.Locator("#stalls-sum")).ToContainTextAsync("in the last hour");
        Assert.That(await opened.Stalls.CountAsync(), Is.GreaterThanOrEqualTo(Math.Max(before, 1)));
    }

    [Test]
    public async Task A_report_tells_locks_with_owner_and_waiters_and_stacks_with_lines(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page, prepare: RoutedStall.AddAsync).WaitAsync(timeout);
        await opened.Page.Locator("button.stall", new() { HasText = RoutedStall.Headline }).First.ClickAsync();
        var report = opened.Report;
        await Expect(report.Locator("h2")).ToHaveTextAsync(RoutedStall.Headline);
        await Expect(report.Locator(".pill")).ToHaveTextAsync("lock");
        await Expect(report.Locator(".evidence li")).ToHaveTextAsync(["The importer waited 2.5 s of 2.5 s.", WatchedHost.HostileName]);
        await Expect(report.Locator(".legend li")).ToHaveTextAsync(["ran 5 %", "was blocked 95 %"]);
        await Expect(report.Locator(".lock")).ToHaveCountAsync(1);
        await Expect(report.Locator(".lock dd").Nth(0)).ToContainTextAsync("'saver' (thread 23154)");
        await Expect(report.Locator(".lock dd").Nth(0)).ToContainTextAsync("/src/Saver.cs:44");
        await Expect(report.Locator(".lock dd").Nth(1)).ToContainTextAsync("2 threads: 11, 12");
        await Expect(report.Locator(".lock dd").Nth(1)).ToContainTextAsync("/src/Importer.cs:54");
        await Expect(report.Locator(".stack")).ToHaveCountAsync(1);
        await Expect(report.Locator(".stack summary")).ToHaveTextAsync("2 threads at Importer.cs:54");
        await Expect(report.Locator(".frames li")).ToHaveCountAsync(2);
        await Expect(report.GetByText("HRD1003")).ToBeVisibleAsync();
        Assert.That(await opened.Page.EvaluateAsync<bool>("() => 'injected' in window"), Is.False);
        await report.GetByRole(AriaRole.Button, new() { Name = "Close the report" }).ClickAsync();
        await Expect(report).ToBeHiddenAsync();
    }

    [TestCase(ColorScheme.Light)]
    [TestCase(ColorScheme.Dark)]
    public async Task Everyone_can_use_it(ColorScheme colors, CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page, colors, prepare: RoutedStall.AddAsync).WaitAsync(timeout);
        await Expect(opened.Page.Locator("#children tr")).Not.ToHaveCountAsync(0);
        await ExpectNoBarrierAsync(opened.Page, colors);
        await opened.Page.Locator("button.stall", new() { HasText = RoutedStall.Headline }).First.ClickAsync();
        await Expect(opened.Report.Locator(".lock")).ToHaveCountAsync(1);
        await ExpectNoBarrierAsync(opened.Page, colors);
        var dark = await opened.Page.EvaluateAsync<bool>("() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(part => part < 64)");
        Assert.That(dark, Is.EqualTo(colors == ColorScheme.Dark));
    }

    [Test]
    public async Task The_keyboard_is_enough(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page, prepare: RoutedStall.AddAsync).WaitAsync(timeout);
        var (page, keys) = (opened.Page, opened.Page.Keyboard);
        var row = page.Locator("#latest button.stall", new() { HasText = "Importer.cs:54" });
        await Expect(row).ToBeVisibleAsync();
        await keys.PressAsync("Tab");
        await Expect(page.GetByText("Skip to the figures")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await keys.PressAsync("Tab");
        await Expect(page.GetByLabel("10 min")).ToBeFocusedAsync();
        await keys.PressAsync("ArrowRight");
        await Expect(page.GetByLabel("1 h")).ToBeCheckedAsync();
        for (var i = 0; i < 3 && !await row.EvaluateAsync<bool>("node => node === document.activeElement"); i++)
        {
            await keys.PressAsync("Tab"); // the server may have stalls of its own before it
        }

        await Expect(row).ToBeFocusedAsync();
        var outline = await row.EvaluateAsync<string>("node => getComputedStyle(node).outlineStyle");
        Assert.That(outline, Is.Not.EqualTo("none"), "the focus is seen");
        await keys.PressAsync("Enter");
        await Expect(opened.Report.Locator("h2")).ToBeFocusedAsync();
        for (var i = 0; i < 20; i++)
        {
            await keys.PressAsync("Tab"); // round and round, and never behind it
        }

        Assert.That(await page.EvaluateAsync<bool>("() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null"));
        await keys.PressAsync("Escape");
        await Expect(opened.Report).ToBeHiddenAsync();
        await Expect(row).ToBeFocusedAsync();
    }

    [Test]
    public async Task A_row_that_has_the_focus_keeps_it_while_others_come_and_go(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page).WaitAsync(timeout);
        var focused = await opened.Page.EvaluateAsync<string[]>("""
            async () => {
              const { Rows } = await import(new URL('dom.js', document.querySelector('script[type=module]').src));
              const parent = document.body.appendChild(document.createElement('div'));
              const rows = new Rows(parent, item => ({ node: Object.assign(document.createElement('button'), { textContent: item }), update() {} }));
              rows.update(['a', 'b', 'c'], item => item);
              parent.children[1].focus();
              const seen = [['b', 'a', 'c'], ['x', 'b'], ['b'], ['c', 'a', 'b']].map(items => {
                rows.update(items, item => item);
                return `${document.activeElement.textContent} of ${parent.textContent}`;
              });
              parent.remove();
              return seen;
            }
            """).WaitAsync(timeout);
        Assert.That(focused, Is.EqualTo(new[] { "b of bac", "b of xb", "b of b", "b of cab" }));
    }

    [Test]
    public async Task A_phone_needs_no_scrolling_sideways(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenLiveAsync(Chromium.Host.Page, width: 400, prepare: RoutedStall.AddAsync).WaitAsync(timeout);
        await Expect(opened.Page.Locator("#children tr")).Not.ToHaveCountAsync(0);
        Assert.That(await WidthAsync("document.scrollingElement"), Is.LessThanOrEqualTo(400));
        await opened.Page.Locator("button.stall", new() { HasText = RoutedStall.Headline }).First.ClickAsync();
        await Expect(opened.Report.Locator(".lock")).ToHaveCountAsync(1);
        Assert.That(await WidthAsync("document.getElementById('report')"), Is.LessThanOrEqualTo(400));

        Task<int> WidthAsync(string element) => opened.Page.EvaluateAsync<int>($"() => {element}.scrollWidth");
    }

    // In the dark only the colours are others.
    private static async Task ExpectNoBarrierAsync(IPage page, ColorScheme colors)
    {
        var rules = colors == ColorScheme.Dark ? new AxeRunOptions { RunOnly = RunOnlyOptions.Rules("color-contrast") } : null;
        var looked = await page.RunAxe(rules);
        Assert.That(looked.Passes, Has.Some.Property("Id").EqualTo("color-contrast"));
        Assert.That(looked.Violations.SelectMany(rule => rule.Nodes!.Select(node => $"{rule.Id}: {node.Html} {string.Join(' ', node.Any?.Select(check => check.Message) ?? [])}")), Is.Empty);
    }

    private static Task<string> PixelsAsync(ILocator canvas) =>
        canvas.EvaluateAsync<string>("""
            node => {
              const copy = new OffscreenCanvas(node.width, node.height).getContext('2d', { willReadFrequently: true });
              copy.drawImage(node, 0, 0);
              return copy.getImageData(0, 0, node.width, node.height).data.filter((_, i) => i % 4 === 1).join();
            }
            """);
}
