using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hardening.Dashboard.Tests;

/// <summary>A host on a free port of loopback, with a real Kestrel, and a client of it.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DashboardHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(30) }) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public LogRecorder Logs { get; } = new();

    public IServiceProvider Services => _app.Services;

    public HardeningDashboard Dashboard => _app.Services.GetRequiredService<HardeningDashboard>();

    /// <summary>Starts one.</summary>
    /// <param name="timeout">The time limit of the test.</param>
    /// <param name="configure">Adds services.</param>
    /// <param name="options">The limits of the dashboard.</param>
    /// <param name="map">Puts the application together; default: the dashboard alone.</param>
    public static async Task<DashboardHost> StartAsync(
        CancellationToken timeout, Action<IServiceCollection>? configure = null, Action<HardeningDashboardOptions>? options = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production", ApplicationName = "Dashboard test" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(5)); // so that what does not end is seen by the test's own limit
        builder.Services.AddHardeningDashboard(options);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        (map ?? (static application => application.MapHardening()))(app);
        await app.StartAsync(timeout);
        return new DashboardHost(app);
    }

    /// <summary>The state as it is told.</summary>
    public async Task<JsonElement> StateAsync(CancellationToken timeout)
    {
        using var document = JsonDocument.Parse(await Client.GetByteArrayAsync(new Uri("hardening/api/state", UriKind.Relative), timeout));
        return document.RootElement.Clone();
    }

    /// <summary>An answer, whatever it is.</summary>
    public async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> GetAsync(string path, CancellationToken timeout, Action<HttpRequestMessage>? configure = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(path, UriKind.Relative));
        configure?.Invoke(request);
        var response = await Client.SendAsync(request, timeout);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(timeout), response);
    }

    public Task StopAsync(CancellationToken timeout) => _app.StopAsync(timeout);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
