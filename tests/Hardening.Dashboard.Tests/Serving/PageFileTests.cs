using System.Net;
using System.Text.RegularExpressions;
using Hardening.Dashboard.Serving;
using Microsoft.AspNetCore.Builder;

namespace Hardening.Dashboard.Tests.Serving;

/// <summary>The page under whatever path it is: its files are found from it, and told anew only when they have changed.</summary>
[CancelAfter(60_000)]
public sealed partial class PageFileTests
{
    [TestCase("/hardening", "", "hardening", "./hardening/")]
    [TestCase("/ops/line 3", "", "ops/line%203", "./line%203/")]
    [TestCase("/hardening", "/behind", "behind/hardening?x=1", "./hardening/?x=1")]
    public async Task Its_address_ends_with_a_slash_whatever_is_before_it(string pattern, string pathBase, string asked, string location, CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout, map: application =>
        {
            application.UsePathBase(pathBase);
            application.UseRouting();
            application.MapHardening(pattern);
        });
        var (status, _, response) = await host.GetAsync(asked, timeout);
        Assert.That((status, response.Headers.Location?.OriginalString), Is.EqualTo((HttpStatusCode.Found, location)));
        var page = new Uri(new Uri(host.Address, asked), location);
        Assert.That(await host.Client.GetStringAsync(page, timeout), Does.StartWith("<!doctype html>"));
        using var state = await host.Client.GetAsync(new Uri(page, "api/state"), timeout);
        Assert.That(state.StatusCode, Is.EqualTo(HttpStatusCode.OK), "what the page asks for, from where it is");
    }

    [Test]
    public async Task Each_file_has_its_type_and_a_tag_by_which_it_is_not_told_twice(CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout);
        Assert.That(PageFiles.Names, Is.SupersetOf(new[] { "index.html", "app.js", "app.css" }));
        foreach (var name in PageFiles.Names)
        {
            var (status, text, response) = await host.GetAsync($"hardening/{name}", timeout);
            Assert.That((status, text.Length), Is.EqualTo((HttpStatusCode.OK, text.Length)).And.Not.EqualTo((HttpStatusCode.OK, 0)), name);
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo(Path.GetExtension(name) switch { ".html" => "text/html", ".js" => "text/javascript", _ => "text/css" }));
            var tag = response.Headers.ETag!.Tag;
            var again = await host.GetAsync($"hardening/{name}", timeout, request => request.Headers.TryAddWithoutValidation("If-None-Match", $"\"other\", {tag}"));
            Assert.That((again.Status, again.Text), Is.EqualTo((HttpStatusCode.NotModified, "")));
        }
    }

    [TestCase("nothing.js")]
    [TestCase("..%2fapp.js")]
    [TestCase("%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    [TestCase("api")]
    public async Task There_is_nothing_else(string name, CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout);
        var (status, text, _) = await host.GetAsync($"hardening/{name}", timeout);
        Assert.That((status, text), Is.EqualTo((HttpStatusCode.NotFound, "There is no such file.\n")));
    }

    [Test]
    public async Task Files_refer_to_their_own_directory_alone(CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout);
        var page = await host.Client.GetStringAsync(new Uri("hardening/", UriKind.Relative), timeout);
        var references = Reference().Matches(page).Select(match => match.Groups[1].Value).Where(reference => reference[0] != '#' && !reference.StartsWith("data:", StringComparison.Ordinal)).ToList();
        Assert.That(references, Is.Not.Empty);
        foreach (var reference in references)
        {
            Assert.That((await host.GetAsync($"hardening/{reference}", timeout)).Status, Is.EqualTo(HttpStatusCode.OK), reference);
        }
    }

    [Test]
    public void A_host_without_a_dashboard_says_what_is_missing()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        Assert.That(() => app.MapHardening(), Throws.InvalidOperationException.With.Message.Contains("builder.Services.AddHardeningDashboard()"));
    }

    [GeneratedRegex("(?:href|src)=\"([^\"]+)\"")]
    private static partial Regex Reference();
}
