using System.Net;
using System.Net.Sockets;
using Hardening.Camera;
using Hardening.Dashboard;
using Hardening.Pool;
using Hardening.Stalls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Inspection.Live;

/// <summary>The dashboard of the runs: a page on loopback, from before the first run to the end of the program.</summary>
internal sealed class LivePage : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;
    private readonly HardeningDashboard _dashboard;

    private LivePage(WebApplication application)
    {
        _application = application;
        _dashboard = application.Services.GetRequiredService<HardeningDashboard>();
    }

    /// <summary>Where it is.</summary>
    public Uri Address => new(new Uri(_application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()), "hardening");

    /// <summary>Serves the page.</summary>
    /// <param name="endpoint">An address of this machine alone; port 0: any that is free.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LivePageException">It cannot be served there.</exception>
    public static async Task<LivePage> StartAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions()); // says nothing of itself, and reads no settings that lie about
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(endpoint));
        builder.WebHost.UseShutdownTimeout(StopLimit);
        builder.Services.AddRoutingCore();
        builder.Services.AddHardeningDashboard();
        var application = builder.Build();
        application.MapHardening();
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new LivePage(application);
        }
        catch (Exception e)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw e is IOException or SocketException ? new LivePageException(endpoint, e) : e;
        }
    }

    /// <summary>Shows the stalls that a watchdog finds.</summary>
    public void Show(StallWatchdog watchdog) => _dashboard.Add(watchdog);

    /// <summary>Shows the workers and jobs of a pool.</summary>
    public void Show(ProcessPool pool) => _dashboard.Add(pool);

    /// <summary>Shows the cameras of a pipeline.</summary>
    public void Show(FramePipeline pipeline) => _dashboard.Add(pipeline);

    /// <summary>What shows the pictures of a pipeline that is being built.</summary>
    public IFrameSink Pictures(string pipeline) => _dashboard.CreatePictureSink(pipeline);

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await _application.StopAsync(limit.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }
}
