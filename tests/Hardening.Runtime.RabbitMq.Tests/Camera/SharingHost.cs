using System.Globalization;
using Hardening.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>A host of the test process that shares cameras with others like it.</summary>
internal sealed class SharingHost : IAsyncDisposable
{
    private readonly IHost _host;

    private SharingHost(string name, IHost host, LogRecorder log) => (Name, _host, Log) = (name, host, log);

    public string Name { get; }

    public LogRecorder Log { get; }

    public IServiceProvider Services => _host.Services;

    public CameraOwnership Ownership => _host.Services.GetRequiredKeyedService<CameraOwnership>(Group);

    /// <summary>What the cameras of a test are together called: each test has queues of its own.</summary>
    public static string Group => string.Create(CultureInfo.InvariantCulture, $"{TestContext.CurrentContext.Test.ID}");

    /// <summary>Starts one that stands in line for these cameras.</summary>
    public static async Task<SharingHost> StartAsync(string name, IEnumerable<FencedDevice> devices, CancellationToken timeout, Action<CameraOwnershipOptions>? configure = null, Action<RabbitMqOptions>? broker = null, Action<IServiceCollection>? services = null)
    {
        var ways = devices.ToDictionary(device => device.Name);
        var log = new LogRecorder();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ILoggerFactory>(log);
        builder.Services.Configure<RabbitMqOptions>(options =>
        {
            (options.Uri, options.ConnectTimeout) = (CameraBroker.Shared.Uri, TimeSpan.FromSeconds(30));
            broker?.Invoke(options);
        });
        builder.Services.Configure<FramePipelineOptions>(Group, options =>
            (options.OpenTimeout, options.StopTimeout, options.SilentAfter) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60)));
        builder.Services.AddOwnedCameras(Group, (_, camera, pipeline) => pipeline.From(ways[camera].From(name)).Stage("look", (in _, _) => { }), options =>
        {
            ways.Keys.ToList().ForEach(options.Cameras.Add);
            (options.HostName, options.RenewEvery, options.ReleaseAfter, options.JoinDelay) = (name, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200));
            configure?.Invoke(options);
        });
        services?.Invoke(builder.Services);
        var host = new SharingHost(name, builder.Build(), log);
        try
        {
            await host._host.StartAsync(timeout);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public CameraOwnershipStatus Status(FencedDevice device) => Ownership.GetStatus().Single(status => status.Camera == device.Name);

    /// <summary>Frames of a camera since this host has it.</summary>
    public long Processed(FencedDevice device) => Status(device).Frames?.Cameras[0].Processed ?? 0;

    /// <summary>Waits until this host has frames of a camera.</summary>
    public Task RunsAsync(FencedDevice device, CancellationToken timeout) => Eventually.HoldsAsync(() => Processed(device) > 3, $"{Name} runs {device.Name}: {Describe()}", timeout);

    /// <summary>Waits until this host stands in line for a camera that another one runs.</summary>
    public Task WaitsAsync(FencedDevice device, CancellationToken timeout) => Eventually.HoldsAsync(() => Status(device).State == CameraOwnershipState.Waiting && Log.Records.Any(record => record.EventId == 5050), $"{Name} stands in line for {device.Name}", timeout);

    public string Describe() => string.Join('\n', Log.Records.Where(record => record.EventId >= 4000).Select(record => $"{Name}: {record.Message} {record.Exception?.Message}"));

    public Task StopAsync(CancellationToken timeout) => _host.StopAsync(timeout);

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
