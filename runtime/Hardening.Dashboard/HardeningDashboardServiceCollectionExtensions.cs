using System.Diagnostics.Metrics;
using Hardening.Camera;
using Hardening.Dashboard;
using Hardening.Pool;
using Hardening.Processes;
using Hardening.Stalls;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the dashboard to a host.</summary>
public static class HardeningDashboardServiceCollectionExtensions
{
    /// <summary>
    /// Has the host tell what its pipelines, pools, kept processes and watchdog do, wherever in the program they are added; <c>app.MapHardening()</c> serves it. Its limits come from the configuration section
    /// <see cref="HardeningDashboardOptions.SectionName"/>. Calling it twice adds it once.
    /// </summary>
    /// <remarks>Each camera of a pipeline of the host takes one buffer more, for its picture; with <see cref="HardeningDashboardOptions.PicturesPerSecond"/> 0 it does not.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code, after the configuration section.</param>
    public static IServiceCollection AddHardeningDashboard(this IServiceCollection services, Action<HardeningDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<HardeningDashboardOptions>()
            .BindConfiguration(HardeningDashboardOptions.SectionName)
            .Configure(configure ?? (static _ => { }))
            .ValidateOnStart();
        if (services.Any(service => service.ServiceType == typeof(HardeningDashboard)))
        {
            return services;
        }

        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HardeningDashboardOptions>, HardeningDashboardOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(static provider => new HardeningDashboard(
            provider.GetRequiredService<IOptions<HardeningDashboardOptions>>().Value,
            provider.GetService<IHostEnvironment>(),
            provider.GetService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            provider.GetRequiredService<IMeterFactory>()));
        services.ConfigureFramePipelines(static (provider, pipeline) =>
        {
            if (provider.GetRequiredService<HardeningDashboard>() is { HasPictures: true } dashboard)
            {
                pipeline.To(dashboard.CreatePictureSink(pipeline.Name));
            }
        });
        return services.AddSingleton<IHostedService, DashboardService>();
    }

    // Before the other services start: a stall while they do is one too.
    private sealed class DashboardService(HardeningDashboard dashboard, IServiceProvider provider) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken)
        {
            foreach (var pipeline in provider.GetKeyedServices<FramePipeline>(KeyedService.AnyKey))
            {
                dashboard.Add(pipeline);
            }

            foreach (var pool in provider.GetKeyedServices<ProcessPool>(KeyedService.AnyKey))
            {
                dashboard.Add(pool);
            }

            foreach (var process in provider.GetKeyedServices<RestartingProcess>(KeyedService.AnyKey))
            {
                dashboard.Add(process);
            }

            if (provider.GetService<StallWatchdog>() is { } watchdog)
            {
                dashboard.Add(watchdog);
            }

            return Task.CompletedTask;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
