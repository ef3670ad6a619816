using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hardening.Dashboard.Tests.Browser;

/// <summary>The dashboard, opened in a browser. It must ask nobody but its server and complain of nothing, whatever a test does with it.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _server;
    private readonly List<string> _elsewhere = [];
    private readonly List<string> _complaints = [];
    private int _pictureRequests;

    private OpenedPage(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page, _server) = (context, page, address.GetLeftPart(UriPartial.Authority) + address.AbsolutePath);
        context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(_server, StringComparison.Ordinal) && !request.Url.StartsWith("data:image/svg+xml,", StringComparison.Ordinal))
            {
                _elsewhere.Add(request.Url);
            }

            if (request.Url.EndsWith("/api/thumbnails", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _pictureRequests);
            }
        };
        page.Console += (_, message) => _complaints.Add($"{message.Type}: {message.Text}"); // violations of the content security policy among them
        page.PageError += (_, error) => _complaints.Add(error);
        page.Dialog += async (_, dialog) =>
        {
            _complaints.Add($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>What the connection is said to be.</summary>
    public ILocator Connection => Page.Locator("#connection-text");

    public ILocator Cameras => Page.Locator("article.camera");

    /// <summary>The rows of stalls, the newest first; those of the importer.</summary>
    public ILocator Stalls => Page.Locator("button.stall", new() { HasText = "importer" });

    public ILocator Report => Page.GetByRole(AriaRole.Dialog);

    /// <summary>How often it has asked for pictures.</summary>
    public int PictureRequests => Volatile.Read(ref _pictureRequests);

    /// <summary>Failures to reach the server are no complaint: it is gone.</summary>
    public bool MayLoseServer { get; set; }

    public static async Task<OpenedPage> OpenAsync(Uri address, ColorScheme colors = ColorScheme.Light, int width = 1280, Func<IPage, Task>? prepare = null)
    {
        var context = await Chromium.Running.NewContextAsync(new() { ColorScheme = colors, ReducedMotion = ReducedMotion.NoPreference, ViewportSize = new() { Width = width, Height = 900 } });
        context.SetDefaultTimeout(30_000);
        var opened = new OpenedPage(context, await context.NewPageAsync(), address);
        if (prepare is not null)
        {
            await prepare(opened.Page);
        }

        await opened.Page.GotoAsync(address.AbsoluteUri);
        return opened;
    }

    /// <summary>Opens it and waits for the first figures.</summary>
    public static async Task<OpenedPage> OpenLiveAsync(Uri address, ColorScheme colors = ColorScheme.Light, int width = 1280, Func<IPage, Task>? prepare = null)
    {
        var opened = await OpenAsync(address, colors, width, prepare);
        await Expect(opened.Connection).ToHaveTextAsync("Live");
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.That(_elsewhere, Is.Empty, "It asked for more than its server has.");
        Assert.That(_complaints.Where(complaint => !MayLoseServer || !complaint.Contains("Failed to load resource", StringComparison.Ordinal)), Is.Empty);
    }
}
