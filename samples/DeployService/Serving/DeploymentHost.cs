using System.Net;
using DeployService.CommandLine;
using Microsoft.AspNetCore.Connections;

namespace DeployService.Serving;

/// <summary>The service: ASP.NET Core on the loopback address, until SIGTERM or Ctrl-C.</summary>
internal static class DeploymentHost
{
    /// <summary>What the line begins with that is printed once requests are taken; the address follows.</summary>
    public const string ReadyLine = "deploy-service listens on ";

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task RunAsync(ServeOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // it logs with all its frames what is told below in a line
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain);
        builder.Services.AddSingleton(options).AddSingleton(TimeProvider.System).AddSingleton<DeploymentCounter>();
        var health = builder.Services.AddHealthChecks();
        if (options.Server == ServerKind.Hardened)
        {
            builder.Services.AddSupervisor().AddStallWatchdog().AddSingleton<IDeployer, HardenedDeployer>();
            health.AddSupervisedProcesses().AddStalls();
        }
        else
        {
            builder.Services.AddSingleton<IDeployer, LegacyDeployerAdapter>();
        }

        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            app.MapDeployments();
            await StartAsync(app, options.Port).ConfigureAwait(false);
            Console.WriteLine(ReadyLine + app.Urls.Single());
            await app.WaitForShutdownAsync().ConfigureAwait(false);
        }
    }

    private static async Task StartAsync(WebApplication app, int port)
    {
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new IOException($"port {port} is taken: give another --port, or 0 for one that is free", e);
        }
    }
}
