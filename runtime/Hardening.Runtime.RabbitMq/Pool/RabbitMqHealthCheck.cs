using System.Globalization;
using Hardening.Messaging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hardening.Pool;

/// <summary>Looks at the connection to the broker, and at the pools over it. It asks the broker nothing and waits for nothing.</summary>
internal sealed class RabbitMqHealthCheck(RabbitMqConnection connection, bool isNeeded, IEnumerable<RabbitPool> pools, IEnumerable<RabbitPoolHost> hosts) : IHealthCheck
{
    private readonly RabbitPool[] _pools = [.. pools];
    private readonly RabbitPoolHost[] _hosts = [.. hosts];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!isNeeded && !connection.IsStarted)
        {
            return Task.FromResult(HealthCheckResult.Healthy("no pool of this host uses the broker, and its cameras have a connection of their own"));
        }

        List<string> troubles = [];
        var now = connection.Statistics;
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["connects"] = now.Connects, ["losses"] = now.Losses, ["failures"] = now.Failures };
        if (now.IsBlocked)
        {
            troubles.Add($"the broker at {connection.Broker} takes no messages, since its memory or its disk runs short");
        }

        foreach (var pool in _pools)
        {
            var jobs = pool.Statistics;
            (data[$"{pool.Name}.buffered"], data[$"{pool.Name}.pending"]) = (jobs.Buffered, jobs.Pending);
        }

        foreach (var host in _hosts)
        {
            var deliveries = host.Statistics;
            (data[$"{host.Name}.running"], data[$"{host.Name}.lost_dead_letters"]) = (deliveries.Running, deliveries.LostDeadLetters);
            if (now.IsConnected && !deliveries.IsServing)
            {
                troubles.Add($"the host of pool '{host.Name}' takes no jobs from the broker");
            }
        }

        if (now.IsConnected)
        {
            return Task.FromResult(new HealthCheckResult(troubles.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy, troubles.Count > 0 ? string.Join("; ", troubles) : null, exception: null, data));
        }

        // Without one a host serves what is its own, if it may do so at all.
        var reason = now.LastFailure?.Message ?? string.Create(CultureInfo.InvariantCulture, $"there is no connection to the broker at {connection.Broker}; it is made anew");
        return Task.FromResult(new HealthCheckResult(connection.IsRequired ? context.Registration.FailureStatus : HealthStatus.Degraded, reason, exception: null, data));
    }
}
