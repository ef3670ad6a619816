using Hardening.Cli.Scanning;
using Hardening.Cli.Scanning.Reporting;
using Microsoft.Playwright;

namespace Hardening.Cli.Tests.Reporting.Html;

/// <summary>A report, opened from a file in a browser without a network. It must ask for nothing and complain of nothing, whatever a test does with it.</summary>
internal sealed class OpenedReport : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _requests = [];
    private readonly List<string> _complaints = [];

    private OpenedReport(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        context.Request += (_, request) => _requests.Add(request.Url);
        page.Console += (_, message) => _complaints.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => _complaints.Add(error);
        page.Dialog += async (_, dialog) =>
        {
            _complaints.Add($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    public ILocator Findings => Page.Locator("article:visible");

    public ILocator Shown => Page.Locator("#shown");

    public static async Task<OpenedReport> OpenAsync(ScanResult scan, bool withScript = true, ColorScheme colors = ColorScheme.Light, int width = 1280)
    {
        var browser = Browser.Running;
        var file = Path.Combine(Browser.Folder, $"{Guid.NewGuid():N}.html");
        await using (var stream = File.Create(file))
        {
            await HtmlReport.WriteAsync(scan, stream, CancellationToken.None);
        }

        var context = await browser.NewContextAsync(new()
        {
            JavaScriptEnabled = withScript,
            ColorScheme = colors,
            Offline = true,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = width, Height = 900 },
        });
        context.SetDefaultTimeout(30_000);
        var opened = new OpenedReport(context, await context.NewPageAsync());
        await opened.Page.GotoAsync(new Uri(file).AbsoluteUri);
        opened._requests.Remove(new Uri(file).AbsoluteUri);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.That(_requests, Is.Empty, "It asked for more than itself.");
        Assert.That(_complaints, Is.Empty);
    }
}
