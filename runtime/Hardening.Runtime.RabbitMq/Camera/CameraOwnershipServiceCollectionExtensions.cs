using System.Diagnostics.Metrics;
using Hardening.Camera;
using Hardening.Messaging;
using Hardening.Stalls;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds cameras that several hosts could run, and one of them does.</summary>
public static class CameraOwnershipServiceCollectionExtensions
{
    /// <summary>
    /// Adds cameras for each of which a pipeline runs while this host has the right to run it. It is found as the keyed service <see cref="CameraOwnership"/> of this name. Its options come from
    /// <c>Hardening:CameraOwnership:name</c>, those of its pipelines, which are called <c>name-camera</c>, from <c>Hardening:FramePipeline:name</c>, and those of the broker from <c>Hardening:RabbitMq</c>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">What the cameras are together called, 1 to 100 characters: hosts that use the same name share them. Adding it twice is an error.</param>
    /// <param name="pipeline">Adds the camera of this name, stages and sinks to a pipeline. Called once for each camera when the host starts, to see that it can be done, and again each time the host gets the camera.</param>
    /// <param name="configure">Sets options in code, after the configuration section.</param>
    public static IServiceCollection AddOwnedCameras(
        this IServiceCollection services, string name, Action<IServiceProvider, string, FramePipelineBuilder> pipeline, Action<CameraOwnershipOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, CameraOwnershipOptions.MaxNameLength, nameof(name));
        ArgumentNullException.ThrowIfNull(pipeline);
        if (services.Any(service => service.ServiceType == typeof(CameraOwnership) && name.Equals(service.ServiceKey)))
        {
            throw new ArgumentException($"There are owned cameras '{name}' already.", nameof(name));
        }

        services.AddRabbitMqOptions();
        services.AddOptions<CameraOwnershipOptions>(name).BindConfiguration($"{CameraOwnershipOptions.SectionName}:{name}").Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.AddOptions<FramePipelineOptions>(name).BindConfiguration($"{FramePipelineOptions.SectionName}:{name}");
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CameraOwnershipOptions>, CameraOwnershipOptionsValidator>());
        services.AddSingleton(new CameraOwnershipName(name));
        services.AddKeyedSingleton(name, (provider, _) => Create(provider, name, pipeline));
        return services.AddSingleton<IHostedService>(provider => new CameraOwnershipService(provider.GetRequiredKeyedService<CameraOwnership>(name)));
    }

    private static CameraOwnership Create(IServiceProvider provider, string name, Action<IServiceProvider, string, FramePipelineBuilder> configure)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var loggers = provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var watchdog = provider.GetService<StallWatchdog>();
        var limits = provider.GetRequiredService<IOptionsMonitor<FramePipelineOptions>>().Get(name);
        return new CameraOwnership(
            name, provider.GetRequiredService<IOptionsMonitor<CameraOwnershipOptions>>().Get(name), provider.GetRequiredService<IOptions<RabbitMqOptions>>().Value, Build, limits.Reconnect,
            time, loggers, provider.GetRequiredService<IMeterFactory>());

        // With a meter of its own, which goes with it: the next pipeline of this camera counts from zero, and the last one's counts are not told twice.
        FramePipeline Build(string camera)
        {
            var builder = new FramePipelineBuilder($"{name}-{camera}") { Options = limits };
            configure(provider, camera, builder);
            return builder.Build(time, loggers, meters: null, watchdog);
        }
    }

    private sealed class CameraOwnershipService(CameraOwnership ownership) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => ownership.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => ownership.DisposeAsync().AsTask();
    }
}
