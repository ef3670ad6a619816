using System.Text.Json;
using Hardening.Camera;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hardening.BrokerHost.Cameras;

/// <summary>
/// A host that shares GigE Vision cameras with others, until SIGTERM. The configuration has their addresses in the section <c>Addresses</c>. It prints a line of JSON for each camera every
/// 100 ms (<see cref="CameraReport"/>); its log goes to the error output.
/// </summary>
public static class CameraHost
{
    /// <summary>What the cameras are together called.</summary>
    public const string Group = "line";

    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(100);

    internal static async Task<int> RunAsync(string[] configuration)
    {
        var builder = Host.CreateApplicationBuilder(configuration);
        builder.Logging.ClearProviders().AddSimpleConsole(line => (line.SingleLine, line.TimestampFormat) = (true, "HH:mm:ss.fff ")).AddFilter(level => level >= LogLevel.Information);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        var addresses = builder.Configuration.GetSection("Addresses").GetChildren().ToDictionary(entry => entry.Key, entry => entry.Value!);
        builder.Services.AddOwnedCameras(Group, (_, camera, pipeline) => pipeline.FromAravis(Options(camera, addresses[camera])).Stage("look", (in _, _) => { }));
        using var host = builder.Build();
        await host.StartAsync();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await ReportAsync(host.Services.GetRequiredKeyedService<CameraOwnership>(Group), stopping);
        await host.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }

    private static async Task ReportAsync(CameraOwnership ownership, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            foreach (var status in ownership.GetStatus())
            {
                var frames = status.Frames?.Cameras[0];
                var report = new CameraReport(status.Camera, status.State == CameraOwnershipState.Owned, status.State == CameraOwnershipState.Waiting, status.Term, frames?.Received ?? 0, frames?.Lost ?? 0, frames?.Outages ?? 0);
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report));
            }

            await Task.Delay(ReportEvery, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static AravisFrameSourceOptions Options(string camera, string address) =>
        new() { Name = camera, Address = address, PixelFormat = PixelFormat.Mono8, Width = 320, Height = 240, FrameRate = 25, PacketSize = 1400 };
}
