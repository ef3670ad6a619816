using Hardening.Messaging;
using Hardening.Pool;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of the connection to the broker, and of the pools over it, to a host's health checks.</summary>
public static class RabbitMqHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the connection of <c>AddRabbitMq</c>. Unhealthy: there is none, and the broker is <see cref="RabbitMqOptions.Required"/>. Degraded: there is none and it is not; or the broker takes no
    /// messages for now; or a host of <c>AddRabbitPoolHost</c> takes no jobs. In a host that has owned cameras and no pool over the broker there is nothing to look at, and it is healthy. The check asks the broker nothing.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What is told instead of unhealthy. Default: unhealthy.</param>
    /// <param name="tags">By which checks can be chosen. Default: none.</param>
    public static IHealthChecksBuilder AddRabbitMq(this IHealthChecksBuilder builder, string name = "hardening_rabbitmq", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Services.TryAddSingleton(static provider => new RabbitMqHealthCheck(
            provider.GetRequiredService<RabbitMqConnection>(),
            provider.NeedsRabbitMqConnection(),
            provider.GetServices<RabbitPoolName>().Select(pool => provider.GetRequiredKeyedService<RabbitPool>(pool.Name)),
            provider.GetServices<RabbitPoolHostName>().Select(pool => provider.GetRequiredKeyedService<RabbitPoolHost>(pool.Name))));
        return builder.Add(new HealthCheckRegistration(name, static provider => provider.GetRequiredService<RabbitMqHealthCheck>(), failureStatus, tags));
    }
}
