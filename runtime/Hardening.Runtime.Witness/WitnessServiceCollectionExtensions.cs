using System.Diagnostics.Metrics;
using Hardening.Stalls;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the witness of stalls to a host.</summary>
public static class WitnessServiceCollectionExtensions
{
    /// <summary>
    /// Has the stacks of all threads taken by a process of their own when the application stalls: adds a <see cref="WitnessStackSource"/> as <see cref="IThreadStackSource"/>, and starts its witness with the host. Adds the supervisor
    /// too. Calling it twice adds it once.
    /// </summary>
    /// <remarks>A witness that cannot be started does not keep the host from starting: what it cannot tell is said in reports.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code, after the configuration section <see cref="WitnessOptions.SectionName"/>.</param>
    public static IServiceCollection AddStallWitness(this IServiceCollection services, Action<WitnessOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSupervisor();
        services.AddOptions<WitnessOptions>()
            .BindConfiguration(WitnessOptions.SectionName)
            .Configure(configure ?? (static _ => { }))
            .ValidateOnStart();
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WitnessOptions>, WitnessOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => new WitnessStackSource(
            provider.GetRequiredService<IOptions<WitnessOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<WitnessStackSource>>(),
            provider.GetRequiredService<IMeterFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IThreadStackSource, WitnessStackSource>(static provider => provider.GetRequiredService<WitnessStackSource>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WitnessService>());
        return services;
    }

    // Ended with the host's disposal rather than before: what stops slowly is worth a look too.
    private sealed class WitnessService(WitnessStackSource source) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => source.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
