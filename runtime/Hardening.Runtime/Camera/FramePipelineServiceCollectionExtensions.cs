using System.Diagnostics.Metrics;
using Hardening.Camera;
using Hardening.Stalls;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds frame pipelines to a host.</summary>
public static class FramePipelineServiceCollectionExtensions
{
    /// <summary>
    /// Adds a pipeline that starts and stops with the host, and that is found as the keyed service <see cref="FramePipeline"/> of this name. Its limits come
    /// from the configuration section <c>Hardening:FramePipeline:name</c>; a <see cref="StallWatchdog"/> that the host has watches its threads.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The name of the pipeline; adding it twice is an error.</param>
    /// <param name="configure">Adds cameras, stages and sinks. Called once, when the host starts.</param>
    public static IServiceCollection AddFramePipeline(this IServiceCollection services, string name, Action<FramePipelineBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddFramePipeline(name, (_, pipeline) => configure(pipeline));
    }

    /// <inheritdoc cref="AddFramePipeline(IServiceCollection, string, Action{FramePipelineBuilder})"/>
    public static IServiceCollection AddFramePipeline(this IServiceCollection services, string name, Action<IServiceProvider, FramePipelineBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(FramePipeline) && name.Equals(service.ServiceKey)))
        {
            throw new ArgumentException($"There is a frame pipeline '{name}' already.", nameof(name));
        }

        services.AddOptions<FramePipelineOptions>(name).BindConfiguration($"{FramePipelineOptions.SectionName}:{name}").ValidateOnStart();
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FramePipelineOptions>, FramePipelineOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddKeyedSingleton(name, (provider, _) =>
        {
            var builder = new FramePipelineBuilder(name) { Options = provider.GetRequiredService<IOptionsMonitor<FramePipelineOptions>>().Get(name) };
            configure(provider, builder);
            foreach (var addition in provider.GetServices<FramePipelineAddition>())
            {
                addition.Configure(provider, builder);
            }

            return builder.Build(
                provider.GetRequiredService<TimeProvider>(), provider.GetService<ILoggerFactory>(),
                provider.GetRequiredService<IMeterFactory>(), provider.GetService<StallWatchdog>());
        });
        return services.AddSingleton<IHostedService>(provider => new FramePipelineService(provider.GetRequiredKeyedService<FramePipeline>(name)));
    }

    /// <summary>Adds something to every pipeline of the host, after what was said of it itself and wherever in the program that is: a sink that shows frames, for example.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Called once for each pipeline, when the host starts. It must not ask for a pipeline: they are being made.</param>
    public static IServiceCollection ConfigureFramePipelines(this IServiceCollection services, Action<IServiceProvider, FramePipelineBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddSingleton(new FramePipelineAddition(configure));
    }

    private sealed record FramePipelineAddition(Action<IServiceProvider, FramePipelineBuilder> Configure);

    private sealed class FramePipelineService(FramePipeline pipeline) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => pipeline.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => pipeline.StopAsync(cancellationToken);
    }
}
