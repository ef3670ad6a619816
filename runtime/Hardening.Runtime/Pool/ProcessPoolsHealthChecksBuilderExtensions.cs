using Hardening.Pool;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of process pools to a host's health checks.</summary>
public static class ProcessPoolsHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of all pools of <c>AddProcessPool</c>. Unhealthy: one has no worker, or its workers cannot be started (<see cref="ProcessPoolOptions.MaxStartFailures"/> in a row). Degraded: one has
    /// fewer workers than <see cref="ProcessPoolOptions.Workers"/>. The check blocks nothing and starts nothing.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What is told instead of unhealthy. Default: unhealthy.</param>
    /// <param name="tags">By which checks can be chosen. Default: none.</param>
    public static IHealthChecksBuilder AddProcessPools(
        this IHealthChecksBuilder builder, string name = "hardening_pools", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Services.TryAddSingleton(static provider => new ProcessPoolsHealthCheck(provider.GetServices<ProcessPoolName>().Select(pool => Watch(provider, pool.Name))));
        return builder.Add(new HealthCheckRegistration(name, static provider => provider.GetRequiredService<ProcessPoolsHealthCheck>(), failureStatus, tags));
    }

    private static WatchedPool Watch(IServiceProvider provider, string name)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<ProcessPoolOptions>>().Get(name);
        var pool = provider.GetRequiredKeyedService<ProcessPool>(name);
        return new WatchedPool(name, options.Workers, options.MaxStartFailures, () => pool.Statistics);
    }
}
