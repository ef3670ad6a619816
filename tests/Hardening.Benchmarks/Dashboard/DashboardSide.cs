using System.CommandLine;
using Hardening.Camera;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hardening.Benchmarks.Dashboard;

/// <summary>A host with cameras and a dashboard, for one measurement: it says its address, and ends with its input.</summary>
internal sealed class DashboardSide
{
    /// <summary>Its verb.</summary>
    public const string Verb = "dashboard-side";

    public const int Cameras = 5;

    private static readonly (int Width, int Height, double FrameRate) s_picture = (1280, 1024, 10);

    public DashboardSide()
    {
        Command = new Command(Verb, "Runs a host with cameras and a dashboard until its input ends.") { Hidden = true };
        Command.SetAction(RunAsync);
    }

    public Command Command { get; }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStallWatchdog(watchdog => watchdog.Reports.Directory = null);
        builder.Services.AddFramePipeline("line", pipeline =>
        {
            for (var i = 0; i < Cameras; i++)
            {
                pipeline.FromSynthetic(new SyntheticFrameSourceOptions
                {
                    Name = $"camera-{i}", Width = s_picture.Width, Height = s_picture.Height, FrameRate = s_picture.FrameRate, Phase = i / (double)Cameras, PixelFormat = i % 2 == 0 ? PixelFormat.Mono8 : PixelFormat.BayerRG8,
                });
            }

            pipeline.To("nothing", (in _, _) => { });
        });
        builder.Services.AddHardeningDashboard();
        await using var application = builder.Build();
        application.MapHardening();
        await application.StartAsync(stop);
        await Console.Out.WriteLineAsync(application.Urls.First());
        while (await Console.In.ReadLineAsync(stop) is not null)
        {
            // whoever measures has nothing to say but that it is over
        }

        await application.StopAsync(stop);
        return 0;
    }
}
