using System.Diagnostics.Metrics;
using Hardening.Stalls;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the stall watchdog to a host.</summary>
public static class StallWatchdogServiceCollectionExtensions
{
    /// <summary>Watches every heartbeat of <see cref="StallWatchdog.Track"/> while the host runs. Calling it twice adds it once.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code, after the configuration section <see cref="StallWatchdogOptions.SectionName"/>.</param>
    public static IServiceCollection AddStallWatchdog(this IServiceCollection services, Action<StallWatchdogOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<StallWatchdogOptions>()
            .BindConfiguration(StallWatchdogOptions.SectionName)
            .Configure(configure ?? (static _ => { }))
            .ValidateOnStart();
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StallWatchdogOptions>, StallWatchdogOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => new StallWatchdog(
            provider.GetRequiredService<IOptions<StallWatchdogOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<StallWatchdog>>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetServices<IThreadStackSource>(),
            provider.GetService<IHostEnvironment>()?.ContentRootPath));
        services.AddSingleton(static provider => provider.GetRequiredService<StallWatchdog>().Health); // the one of the health check, whichever was added first
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StallWatchdogService>());
        return services;
    }

    // Stopped with the host's disposal rather than before: what stops slowly is worth watching too.
    private sealed class StallWatchdogService(StallWatchdog watchdog) : IHostedLifecycleService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            watchdog.Start();
            return Task.CompletedTask;
        }

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            watchdog.Notifier?.Ready();
            return Task.CompletedTask;
        }

        public Task StoppingAsync(CancellationToken cancellationToken)
        {
            watchdog.Notifier?.Stopping();
            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
