using Hardening.Stalls;
using Hardening.Stalls.Actions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the stall watchdog sees to a host's health checks.</summary>
public static class StallsHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds the stall watchdog, and a check of the activities that it watches. Unhealthy: a critical one stands still (<see cref="Heartbeat.IsCritical"/>). Degraded: another one does, or one did
    /// within <see cref="StallPolicy.DegradedFor"/>. The check blocks nothing, and answers at once.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What is told instead of unhealthy. Default: unhealthy.</param>
    /// <param name="tags">By which checks can be chosen. Default: none.</param>
    public static IHealthChecksBuilder AddStalls(
        this IHealthChecksBuilder builder, string name = "hardening_stalls", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Services.AddStallWatchdog();
        return builder.Add(new HealthCheckRegistration(name, static provider => new StallsHealthCheck(provider.GetRequiredService<StallWatchdog>().Health), failureStatus, tags));
    }
}
