using Hardening.Processes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of supervised processes to a host's health checks.</summary>
public static class SupervisedProcessesHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the supervisor and of all processes of <c>AddSupervisedProcess</c>. Unhealthy: one was given up, or processes could not be ended. Degraded: one is
    /// down and will be started again, or a supervisor was lost within the last 5 min. The check blocks nothing and starts nothing.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What is told instead of unhealthy. Default: unhealthy.</param>
    /// <param name="tags">By which checks can be chosen. Default: none.</param>
    public static IHealthChecksBuilder AddSupervisedProcesses(
        this IHealthChecksBuilder builder, string name = "hardening_children", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(static provider => new SupervisedProcessesHealthCheck(
            provider.GetServices<KeptProcessName>().Select(kept => provider.GetRequiredKeyedService<RestartingProcess>(kept.Name)),
            static () => ProcessTree.Status,
            provider.GetRequiredService<TimeProvider>()));
        return builder.Add(new HealthCheckRegistration(name, static provider => provider.GetRequiredService<SupervisedProcessesHealthCheck>(), failureStatus, tags));
    }
}
