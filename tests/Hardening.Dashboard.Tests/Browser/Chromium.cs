using System.Reflection;
using Microsoft.Playwright;

namespace Hardening.Dashboard.Tests.Browser;

/// <summary>One browser and one host for all tests of the page: Debian's chromium. Where it is not installed they are skipped and say so; with HARDENING_REQUIRE_BROWSER=1, as in CI, they fail.</summary>
[SetUpFixture]
public sealed class Chromium
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static IPlaywright? s_driver;
    private static IBrowser? s_browser;
    private static WatchedHost? s_host;

    internal static IBrowser Running
    {
        get
        {
            if (s_browser is null)
            {
                const string Missing = "There is no chromium here to look at the page with: apt-get install --no-install-recommends chromium.";
                Assert.That(Environment.GetEnvironmentVariable("HARDENING_REQUIRE_BROWSER"), Is.Not.EqualTo("1"), Missing);
                Assert.Ignore(Missing);
            }

            return s_browser;
        }
    }

    /// <summary>The host that the page shows.</summary>
    internal static WatchedHost Host
    {
        get
        {
            _ = Running;
            return s_host!;
        }
    }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        if (Array.Find(Programs, File.Exists) is not { } program)
        {
            return;
        }

        s_host = await WatchedHost.StartAsync();
        var package = typeof(Chromium).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "PlaywrightPackage").Value;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", package);
        s_driver = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(30_000);
        s_browser = await s_driver.Chromium.LaunchAsync(new() { ExecutablePath = program, Timeout = 60_000, Args = ["--disable-gpu", "--disable-dev-shm-usage"] });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (s_browser is not null)
        {
            await s_browser.DisposeAsync();
        }

        s_driver?.Dispose();
        if (s_host is not null)
        {
            await s_host.DisposeAsync();
        }
    }
}
