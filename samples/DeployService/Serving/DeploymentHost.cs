using System.Net;
using DeployService.CommandLine;

namespace DeployService.Serving;

/// <summary>The service: ASP.NET Core on the loopback address, until SIGTERM or Ctrl-C.</summary>
internal static class DeploymentHost
{
    /// <summary>What the line begins with that is printed once requests are taken; the address follows.</summary>
    public const string ReadyLine = "deploy-service listens on ";

    /// <summary>How long requests that are under way at SIGTERM may still take; then their connections are closed, which ends their deployments.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task RunAsync(ServeOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Drain);
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
            await app.StartAsync().ConfigureAwait(false);
            Console.WriteLine(ReadyLine + app.Urls.Single());
            await app.WaitForShutdownAsync().ConfigureAwait(false);
        }
    }
}
