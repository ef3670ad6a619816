using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hardening.Pool;

/// <summary>Looks at the workers of pools. It starts nothing and waits for nothing.</summary>
internal sealed class ProcessPoolsHealthCheck(IEnumerable<WatchedPool> pools) : IHealthCheck
{
    private readonly WatchedPool[] _pools = [.. pools];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        List<string> failures = [];
        List<string> troubles = [];
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var pool in _pools)
        {
            var now = pool.Read();
            AddData(data, pool.Name, now);
            var reason = now.StartFailure is { } failure ? $": {failure.Message}" : "";
            if (now.StartFailures >= pool.MaxStartFailures)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"pool '{pool.Name}' could not start a worker {now.StartFailures} times in a row{reason}"));
            }
            else if (now.ReadyWorkers == 0)
            {
                failures.Add($"pool '{pool.Name}' has no worker{reason}");
            }
            else if (now.ReadyWorkers < pool.Workers)
            {
                troubles.Add(string.Create(CultureInfo.InvariantCulture, $"pool '{pool.Name}' has {now.ReadyWorkers} of {pool.Workers} workers{reason}"));
            }
        }

        var health = failures.Count > 0 ? context.Registration.FailureStatus : troubles.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy;
        var description = string.Join("; ", failures.Concat(troubles));
        return Task.FromResult(new HealthCheckResult(health, description.Length > 0 ? description : null, exception: null, data));
    }

    private static void AddData(Dictionary<string, object> data, string pool, ProcessPoolStatistics now)
    {
        data[$"{pool}.ready_workers"] = now.ReadyWorkers;
        data[$"{pool}.starting_workers"] = now.StartingWorkers;
        data[$"{pool}.spare_workers"] = now.SpareWorkers;
        data[$"{pool}.restarts"] = now.Restarts;
        data[$"{pool}.start_failures"] = now.StartFailures;
        data[$"{pool}.queued"] = now.Queued;
        data[$"{pool}.running"] = now.Running;
    }
}

/// <summary>A pool as its health is told.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Workers">How many it should have.</param>
/// <param name="MaxStartFailures">How many failed starts in a row are too many.</param>
/// <param name="Read">Its figures now.</param>
internal sealed record WatchedPool(string Name, int Workers, int MaxStartFailures, Func<ProcessPoolStatistics> Read);
