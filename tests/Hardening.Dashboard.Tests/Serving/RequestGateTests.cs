using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hardening.Dashboard.Tests.Serving;

/// <summary>Who may look, from where, and how.</summary>
[CancelAfter(60_000)]
public sealed class RequestGateTests
{
    private const string From = "X-Test-Address"; // what a middleware makes the address that a request comes from
    private const string State = "hardening/api/state";

    private static readonly string[] Paths = ["hardening/", "hardening/app.js", State, "hardening/api/events", "hardening/api/thumbnails", "hardening/api/stalls/x"];

    private DashboardHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await DashboardHost.StartAsync(CancellationToken.None, map: application =>
    {
        application.Use(PretendAddress);
        application.MapHardening();
    });

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCaseSource(nameof(Paths))]
    public async Task From_elsewhere_nothing_is_shown_and_one_line_says_what_to_do(string path, CancellationToken timeout)
    {
        var (status, text, response) = await _host.GetAsync(path, timeout, request => request.Headers.Add(From, "192.0.2.7"));
        Assert.That(status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(text.TrimEnd('\n'), Does.EndWith("app.MapHardening().RequireAuthorization(\"ops\").").And.Not.Contain("\n"));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/plain"));
    }

    [TestCase("127.0.0.1", true)]
    [TestCase("127.8.8.8", true)]
    [TestCase("::1", true)]
    [TestCase("::ffff:127.0.0.1", true)]
    [TestCase("::ffff:192.0.2.7", false)]
    [TestCase("10.0.0.1", false)]
    [TestCase("none", false)]
    public async Task Addresses_of_this_machine_alone_may_look(string address, bool may, CancellationToken timeout)
    {
        var (status, _, _) = await _host.GetAsync(State, timeout, request => request.Headers.Add(From, address));
        Assert.That(status, Is.EqualTo(may ? HttpStatusCode.OK : HttpStatusCode.Forbidden));
    }

    [TestCase("localhost:5000", true)]
    [TestCase("LOCALHOST", true)]
    [TestCase("line3.localhost:80", true)]
    [TestCase("127.0.0.1:1", true)]
    [TestCase("[::1]:5000", true)]
    [TestCase("evil.example", false)]
    [TestCase("localhost.evil.example", false)]
    [TestCase("127.0.0.1.evil.example", false)]
    [TestCase("192.0.2.7", false)]
    public async Task A_name_that_leads_here_by_another_ones_will_is_refused(string name, bool may, CancellationToken timeout)
    {
        var (status, _, _) = await _host.GetAsync(State, timeout, request => request.Headers.Host = name);
        Assert.That(status, Is.EqualTo(may ? HttpStatusCode.OK : HttpStatusCode.Forbidden));
    }

    [TestCase("X-Forwarded-For", "127.0.0.1")]
    [TestCase("Forwarded", "for=127.0.0.1")]
    [TestCase("X-Real-IP", "127.0.0.1")]
    [TestCase("X-Forwarded-Host", "localhost")]
    [TestCase("Via", "1.1 proxy")]
    [TestCase("X-Original-For", "127.0.0.1:5000")]
    public async Task What_came_through_a_proxy_is_not_of_this_machine(string header, string value, CancellationToken timeout)
    {
        var (status, text, _) = await _host.GetAsync(State, timeout, request => request.Headers.TryAddWithoutValidation(header, value));
        Assert.That((status, text), Is.EqualTo((HttpStatusCode.Forbidden, text)));
        Assert.That(text, Does.Contain("proxy"));
    }

    [TestCase(State, "cross-site", "no-cors", "image", false)]
    [TestCase(State, "same-site", "cors", "empty", false)]
    [TestCase("hardening/api/events", "cross-site", "cors", "empty", false)]
    [TestCase(State, "same-origin", "cors", "empty", true)]
    [TestCase(State, "none", "navigate", "document", true)]
    [TestCase("hardening/", "cross-site", "navigate", "document", true, Description = "a link")]
    [TestCase("hardening/", "cross-site", "navigate", "iframe", false)]
    public async Task Other_pages_may_link_to_it_and_no_more(string path, string site, string mode, string destination, bool may, CancellationToken timeout)
    {
        var (status, _, _) = await _host.GetAsync(path, timeout, request =>
        {
            request.Headers.Add("Sec-Fetch-Site", site);
            request.Headers.Add("Sec-Fetch-Mode", mode);
            request.Headers.Add("Sec-Fetch-Dest", destination);
        });
        Assert.That(status, Is.EqualTo(may ? HttpStatusCode.OK : HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task It_is_read_only([ValueSource(nameof(Paths))] string path, [Values("POST", "PUT", "DELETE", "PATCH", "OPTIONS")] string method, CancellationToken timeout)
    {
        var (status, text, response) = await _host.GetAsync(path, timeout, method: new HttpMethod(method));
        Assert.That(status, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(response.Content.Headers.Allow, Is.EquivalentTo(new[] { "GET", "HEAD" }));
        Assert.That(text, Does.Contain("GET and HEAD"));
        Assert.That(response.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
    }

    [TestCase("hardening/", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")]
    [TestCase(State, "default-src 'none'; frame-ancestors 'none'")]
    public async Task Every_answer_says_what_a_browser_may_do_with_it(string path, string policy, CancellationToken timeout)
    {
        var (status, _, response) = await _host.GetAsync(path, timeout);
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Header(response, "Content-Security-Policy"), Is.EqualTo(policy));
        Assert.That(Header(response, "X-Content-Type-Options"), Is.EqualTo("nosniff"));
        Assert.That(Header(response, "Referrer-Policy"), Is.EqualTo("no-referrer"));
        Assert.That(Header(response, "Cross-Origin-Resource-Policy"), Is.EqualTo("same-origin"));
        Assert.That(Header(response, "Cache-Control"), Is.EqualTo(path == State ? "no-store" : "no-cache"));
    }

    [Test]
    public async Task Heads_are_answered_without_a_body_and_at_once([ValueSource(nameof(Paths))] string path, CancellationToken timeout)
    {
        var (status, text, _) = await _host.GetAsync(path, timeout, method: HttpMethod.Head);
        Assert.That((status, text), Is.EqualTo((path.EndsWith('x') ? HttpStatusCode.NotFound : HttpStatusCode.OK, "")));
    }

    [Test]
    public async Task A_policy_opens_it_to_those_whom_it_lets_through(CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout, services =>
        {
            services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, TestAuthentication>("test", configureOptions: null);
            services.AddAuthorizationBuilder().AddPolicy("ops", policy => policy.RequireRole("ops"));
        }, map: application =>
        {
            application.Use(PretendAddress);
            application.UseAuthentication();
            application.UseAuthorization();
            application.MapHardening().RequireAuthorization("ops");
            application.MapHardening("/open").AllowAnonymous();
        });
        foreach (var path in Paths)
        {
            Assert.That((await host.GetAsync(path, timeout, Elsewhere)).Status, Is.EqualTo(HttpStatusCode.Unauthorized), path);
            Assert.That((await host.GetAsync(path, timeout)).Status, Is.EqualTo(HttpStatusCode.Unauthorized), $"{path}, from this machine");
        }

        Assert.That((await host.GetAsync(State, timeout, request => As(request, "guest"))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await host.GetAsync(State, timeout, request => As(request, "ops"))).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await host.GetAsync("open/api/state", timeout, Elsewhere)).Status, Is.EqualTo(HttpStatusCode.Forbidden), "no policy was asked");

        static void Elsewhere(HttpRequestMessage request)
        {
            request.Headers.Add(From, "192.0.2.7");
            request.Headers.Host = "line3.example";
        }

        static void As(HttpRequestMessage request, string role)
        {
            Elsewhere(request);
            request.Headers.Authorization = new AuthenticationHeaderValue("Test", role);
        }
    }

    [Test]
    public async Task What_is_refused_is_counted(CancellationToken timeout)
    {
        using var metrics = new MetricRecorder();
        await _host.GetAsync(State, timeout, request => request.Headers.Add(From, "192.0.2.7"));
        Assert.That(metrics.Collect().Where(record => record.Name == "hardening.dashboard.request.denied").Sum(record => record.Value), Is.GreaterThanOrEqualTo(1));
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(", ", response.Headers.GetValues(name));

    private static Task PretendAddress(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers[From] is [{ } address])
        {
            context.Connection.RemoteIpAddress = address == "none" ? null : IPAddress.Parse(address);
        }

        return next(context);
    }

    private sealed class TestAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header) && header.Parameter is { } role
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "test")), "test"))
                : AuthenticateResult.NoResult());
    }
}
