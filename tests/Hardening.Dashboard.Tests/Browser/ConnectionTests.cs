using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static Microsoft.Playwright.Assertions;

namespace Hardening.Dashboard.Tests.Browser;

/// <summary>A page whose server goes, comes back, or refuses it: what it shows is never taken for live.</summary>
[CancelAfter(120_000)]
public sealed class ConnectionTests
{
    [Test]
    public async Task It_says_that_the_server_is_gone_and_comes_back_with_it(CancellationToken timeout)
    {
        _ = Chromium.Running;
        var first = await StartAsync(port: 0, timeout);
        var address = new Uri(first.Urls.First());
        await using var opened = await OpenedPage.OpenLiveAsync(new Uri(address, "hardening"), prepare: async page => await page.Clock.InstallAsync()).WaitAsync(timeout);
        var page = opened.Page;
        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-live", "true");
        await Expect(page.Locator("#notice")).ToBeHiddenAsync();
        opened.MayLoseServer = true;
        await StopAsync(first);
        await Expect(opened.Connection).ToContainTextAsync("Reconnecting since");
        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-live", "false");
        await Expect(page.Locator("#notice")).ToContainTextAsync("No word from the server. The figures are of");
        await Expect(page).ToHaveTitleAsync(new Regex("^Not live: "));
        await page.Clock.FastForwardAsync(16_000);
        await Expect(opened.Connection).ToContainTextAsync("Server gone since");
        await Expect(page.Locator("#notice")).ToContainTextAsync("The server does not answer.");

        var second = await StartAsync(address.Port, timeout);
        try
        {
            await page.Clock.FastForwardAsync(6_000);
            await Expect(opened.Connection).ToHaveTextAsync("Live");
            await Expect(page.Locator("#notice")).ToBeHiddenAsync();
            await Expect(page.Locator("body")).ToHaveAttributeAsync("data-live", "true");
        }
        finally
        {
            await StopAsync(second);
        }
    }

    [Test]
    public async Task It_says_why_it_is_refused(CancellationToken timeout)
    {
        await using var opened = await OpenedPage.OpenAsync(Chromium.Host.Page, prepare: async page =>
        {
            await page.RouteAsync("**/api/events", route => route.FulfillAsync(new() { Status = 503, Body = "64 browsers are connected already." }));
            await page.RouteAsync("**/api/state", route => route.FulfillAsync(new() { Status = 503, Body = "64 browsers are connected already." }));
        }).WaitAsync(timeout);
        opened.MayLoseServer = true;
        await Expect(opened.Connection).ToHaveTextAsync("Refused");
        await Expect(opened.Page.Locator("#notice")).ToHaveTextAsync("The server refuses this page. 503: 64 browsers are connected already.");
        await Expect(opened.Page.Locator("#figures")).ToBeHiddenAsync();
    }

    [Test]
    public async Task Without_script_it_says_where_the_figures_are(CancellationToken timeout)
    {
        await using var context = await Chromium.Running.NewContextAsync(new() { JavaScriptEnabled = false }).WaitAsync(timeout);
        var page = await context.NewPageAsync();
        await page.GotoAsync(Chromium.Host.Page.AbsoluteUri);
        var notice = page.Locator("noscript > p");
        await Expect(notice).ToBeVisibleAsync();
        await Expect(notice).ToContainTextAsync("Without scripts, the same figures are at api/state");
    }

    private static async Task<WebApplication> StartAsync(int port, CancellationToken timeout)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Empty" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        builder.Services.AddHardeningDashboard();
        var application = builder.Build();
        application.MapHardening();
        await application.StartAsync(timeout);
        return application;
    }

    private static async Task StopAsync(WebApplication application)
    {
        await application.StopAsync(CancellationToken.None);
        await application.DisposeAsync();
    }
}
