using System.Reflection;
using Deque.AxeCore.Playwright;
using Inspection.Reporting.Html;
using Microsoft.Playwright;

namespace Inspection.Tests.Reporting;

/// <summary>The page in a real browser, without a network: Debian's chromium. Where it is not installed they are skipped and say so; with HARDENING_REQUIRE_BROWSER=1, as in CI, they fail.</summary>
[CancelAfter(120_000)]
public sealed class BrowserTests
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private string _folder = null!;
    private IPlaywright _driver = null!;
    private IBrowser _browser = null!;
    private string _page = null!;

    [OneTimeSetUp]
    public async Task OpenAsync()
    {
        _folder = Directory.CreateTempSubdirectory("inspection-page-").FullName;
        if (Array.Find(Programs, File.Exists) is not { } program)
        {
            const string Missing = "There is no chromium here to look at the page with: apt-get install --no-install-recommends chromium.";
            Assert.That(Environment.GetEnvironmentVariable("HARDENING_REQUIRE_BROWSER"), Is.Not.EqualTo("1"), Missing);
            Assert.Ignore(Missing);
            return;
        }

        _page = Path.Combine(_folder, "page.html");
        Directory.CreateDirectory(Path.Combine(_folder, "legacy"));
        File.WriteAllText(Path.Combine(_folder, "legacy", "stall-1.hardening.md"), "");
        HtmlReport.Write([Runs.Legacy, Runs.Hardened], "5 synthetic cameras, 1280 x 1024 Mono8, 30 fps, 20 s each server; 2 cores", _folder, _page);
        var package = typeof(BrowserTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "PlaywrightPackage").Value;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", package);
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new() { ExecutablePath = program, Timeout = 60_000, Args = ["--disable-gpu", "--disable-dev-shm-usage"] });
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _driver?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase(ColorScheme.Light)]
    [TestCase(ColorScheme.Dark)]
    public async Task Everyone_can_use_it(ColorScheme colors, CancellationToken timeout)
    {
        await using var context = await NewContextAsync(colors, width: 1280).WaitAsync(timeout);
        var page = await GoAsync(context);
        await page.Locator("details").EvaluateAllAsync<int>("all => all.map(one => one.open = true).length");
        var looked = await page.RunAxe().WaitAsync(timeout);
        Assert.That(looked.Passes, Has.Some.Property("Id").EqualTo("color-contrast"));
        Assert.That(looked.Violations.SelectMany(rule => rule.Nodes!.Select(node => $"{rule.Id}: {node.Html} {string.Join(' ', node.Any?.Select(check => check.Message) ?? [])}")), Is.Empty);
        var dark = await page.EvaluateAsync<bool>("() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(part => part < 64)");
        Assert.That(dark, Is.EqualTo(colors == ColorScheme.Dark));
    }

    [Test]
    public async Task A_phone_needs_no_scrolling_sideways_and_no_script(CancellationToken timeout)
    {
        await using var context = await NewContextAsync(ColorScheme.Light, width: 400).WaitAsync(timeout);
        var page = await GoAsync(context);
        Assert.That(await page.EvaluateAsync<int>("() => document.scrollingElement.scrollWidth"), Is.LessThanOrEqualTo(400));
        var bars = await page.Locator("rect.bar").EvaluateAllAsync<double[]>("all => all.map(one => one.getBoundingClientRect().height)");
        Assert.That(bars, Has.Length.EqualTo(4));
        Assert.That(bars, Has.All.GreaterThan(5), "one frame is seen beside many");
        var margins = await page.Locator(".chart text").EvaluateAllAsync<double[]>("all => all.map(one => one.getBoundingClientRect()).filter(box => box.width > 0).flatMap(box => [box.left, 400 - box.right])");
        Assert.That(margins, Has.All.GreaterThanOrEqualTo(0), "no word is cut off");
        await page.Locator("rect.stall").First.ClickAsync();
        Assert.That(await page.EvaluateAsync<string>("() => location.hash"), Is.EqualTo("#legacy-stall-1"));
    }

    private async Task<IBrowserContext> NewContextAsync(ColorScheme colors, int width)
    {
        var context = await _browser.NewContextAsync(new() { ColorScheme = colors, Offline = true, ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = width, Height = 900 } });
        context.SetDefaultTimeout(30_000);
        return context;
    }

    // It must ask for nothing but itself, and complain of nothing.
    private async Task<IPage> GoAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        var (asked, complaints) = (new List<string>(), new List<string>());
        page.Request += (_, request) => asked.Add(request.Url);
        page.Console += (_, message) => complaints.Add(message.Text);
        await page.GotoAsync(new Uri(_page).AbsoluteUri);
        Assert.That(asked, Is.EqualTo(new[] { new Uri(_page).AbsoluteUri }));
        Assert.That(complaints, Is.Empty);
        return page;
    }
}
