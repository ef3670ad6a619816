using System.Net;
using Hardening.Camera;
using Hardening.Pool;
using Hardening.Stalls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Hardening.Dashboard.Tests.Browser;

/// <summary>An ASP.NET Core application with what the page shows: three synthetic cameras, a pool that works, a child, and an activity that falls silent when it is told to.</summary>
internal sealed class WatchedHost : IAsyncDisposable
{
    /// <summary>The name of a camera: markup, for a page that would take it as such.</summary>
    public const string HostileName = """<img src=x onerror="window.injected=1">""";

    private static readonly string WorkerPath = Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll");
    private static readonly TimeSpan StallAfter = TimeSpan.FromMilliseconds(500);

    private readonly string _stalls = Directory.CreateTempSubdirectory("hardening-dashboard-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _mayBeat = new(initialState: true);
    private readonly WebApplication _application;
    private Task _jobs = Task.CompletedTask;
    private readonly TaskCompletionSource _imported = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _importer;

    private WatchedHost(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Line" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        builder.Services.AddStallWatchdog(watchdog =>
        {
            (watchdog.StallAfter, watchdog.LateAfter, watchdog.CheckEvery) = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(100)); // what else stands still on a busy machine is not asked for
            watchdog.Reports.Directory = _stalls;
        });
        builder.Services.AddProcessPool("inspect", pool => pool.UseExecutable(WorkerPath, "pool-worker").Configure(options => (options.Workers, options.SpareWorkers) = (2, 0)));
        builder.Services.AddFramePipeline("line", pipeline => pipeline
            .From(Camera("front", PixelFormat.Mono8))
            .From(Camera(HostileName, PixelFormat.RGB8))
            .From(Camera("lossy", PixelFormat.BayerRG8, new SyntheticFaults { Loss = 0.2 }))
            .To("nothing", (in _, _) => { }));
        builder.Services.AddHardeningDashboard();
        _application = builder.Build();
        _application.MapHardening();
    }

    public Uri Page { get; private set; } = null!;

    /// <param name="port">Where; 0: any that is free.</param>
    public static async Task<WatchedHost> StartAsync(int port = 0)
    {
        var host = new WatchedHost(port);
        await host._application.StartAsync();
        host.Page = new Uri(new Uri(host._application.Urls.First()), "hardening");
        host._jobs = Task.Run(host.WorkAsync);
        host._importer = new Thread(host.Import) { IsBackground = true, Name = "importer" };
        host._importer.Start();
        return host;
    }

    /// <summary>The importer does not beat until it may.</summary>
    public void FallSilent() => _mayBeat.Reset();

    /// <summary>It goes on.</summary>
    public void GoOn() => _mayBeat.Set();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        GoOn();
        await (_importer is null ? Task.CompletedTask : _imported.Task);
        await _jobs;
        await _application.StopAsync();
        await _application.DisposeAsync();
        _mayBeat.Dispose();
        _stop.Dispose();
        Directory.Delete(_stalls, recursive: true);
    }

    private static SyntheticFrameSource Camera(string name, PixelFormat format, SyntheticFaults? faults = null) =>
        new(new SyntheticFrameSourceOptions { Name = name, Width = 320, Height = 256, FrameRate = 15, PixelFormat = format, Faults = faults ?? new SyntheticFaults() });

    private async Task WorkAsync()
    {
        var pool = _application.Services.GetRequiredKeyedService<ProcessPool>("inspect");
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                using var _ = await pool.RunAsync("sleep 0.02"u8.ToArray(), default, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // the end
        }
    }

    private void Import()
    {
        using (var heartbeat = _application.Services.GetRequiredService<StallWatchdog>().Track("importer", StallAfter))
        {
            while (!_stop.IsCancellationRequested)
            {
                using (heartbeat.Enter("reading"))
                {
                    _mayBeat.Wait();
                    heartbeat.Beat();
                    _stop.Token.WaitHandle.WaitOne(StallAfter / 10);
                }
            }
        }

        _imported.SetResult();
    }
}
