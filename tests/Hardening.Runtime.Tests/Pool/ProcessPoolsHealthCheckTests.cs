using Hardening.Pool;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hardening.Runtime.Tests.Pool;

public sealed class ProcessPoolsHealthCheckTests
{
    private static readonly ProcessPoolStatistics Fine = new()
    {
        Submitted = 0, Succeeded = 0, Failed = 0, TimedOut = 0, Cancelled = 0, Rejected = 0, Queued = 6, Running = 7, Retries = 0,
        ReadyWorkers = 4, StartingWorkers = 1, SpareWorkers = 2, StartedWorkers = 9, Restarts = 3, Recycles = 1, Kills = 1, StartFailures = 0,
    };

    private static readonly IOException Missing = new("there is no python3");

    [Test]
    public async Task Healthy_with_all_workers_and_tells_what_is_known()
    {
        var result = await CheckAsync(Fine);
        Assert.That((result.Status, result.Description), Is.EqualTo((HealthStatus.Healthy, default(string))));
        Assert.That(result.Data, Is.EquivalentTo(new Dictionary<string, object>
        {
            ["inspect.ready_workers"] = 4,
            ["inspect.starting_workers"] = 1,
            ["inspect.spare_workers"] = 2,
            ["inspect.restarts"] = 3L,
            ["inspect.start_failures"] = 0,
            ["inspect.queued"] = 6L,
            ["inspect.running"] = 7L,
        }));
    }

    [Test]
    public async Task Degraded_with_fewer_workers_than_asked_for()
    {
        var result = await CheckAsync(Fine with { ReadyWorkers = 3, StartFailures = 1, StartFailure = Missing });
        Assert.That((result.Status, result.Description), Is.EqualTo((HealthStatus.Degraded, "pool 'inspect' has 3 of 4 workers: there is no python3")));
    }

    [Test]
    public async Task Unhealthy_with_none_or_when_starts_fail()
    {
        var none = await CheckAsync(Fine with { ReadyWorkers = 0 });
        Assert.That((none.Status, none.Description), Is.EqualTo((HealthStatus.Unhealthy, "pool 'inspect' has no worker")));
        var failing = await CheckAsync(Fine with { StartFailures = 5, StartFailure = Missing });
        Assert.That((failing.Status, failing.Description), Is.EqualTo((HealthStatus.Unhealthy, "pool 'inspect' could not start a worker 5 times in a row: there is no python3")));
    }

    [Test]
    public async Task The_worst_pool_decides()
    {
        var result = await CheckAsync(Fine, Fine with { ReadyWorkers = 0 });
        Assert.That(result.Status, Is.EqualTo(HealthStatus.Unhealthy));
    }

    private static Task<HealthCheckResult> CheckAsync(params ProcessPoolStatistics[] pools)
    {
        var check = new ProcessPoolsHealthCheck(pools.Select((now, index) => new WatchedPool(index == 0 ? "inspect" : $"other{index}", 4, 5, () => now)));
        return check.CheckHealthAsync(new HealthCheckContext { Registration = new HealthCheckRegistration("hardening_pools", check, failureStatus: null, tags: null) });
    }
}
