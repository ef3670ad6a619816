using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hardening.Processes;

/// <summary>Looks at the processes that are kept running and at the supervisor. It starts nothing, waits for nothing and asks nobody: it reads what is known.</summary>
internal sealed class SupervisedProcessesHealthCheck(IEnumerable<RestartingProcess> processes, Func<ProcessTreeStatus> status, TimeProvider time) : IHealthCheck
{
    /// <summary>For how long a lost supervisor is told of, from the first check that sees it.</summary>
    internal static readonly TimeSpan Lately = TimeSpan.FromMinutes(5);

    private readonly RestartingProcess[] _processes = [.. processes];
    private readonly Lock _gate = new();
    private long _seenLost;
    private long? _lostAt;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var tree = status();
        var failures = new List<string>(In(RestartingState.GivenUp, "was given up"));
        var troubles = new List<string>(In(RestartingState.BackingOff, "is down and will be started again"));
        if (tree.LeftProcesses > 0)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{tree.LeftProcesses} processes could not be ended"));
        }

        if (IsLostLately(tree.LostSupervisors))
        {
            troubles.Add("a supervisor was lost, and its processes with it");
        }

        var health = failures.Count > 0 ? context.Registration.FailureStatus : troubles.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy;
        var description = string.Join("; ", failures.Concat(troubles));
        return Task.FromResult(new HealthCheckResult(health, description.Length > 0 ? description + "." : null, exception: null, DataOf(tree)));
    }

    private IEnumerable<string> In(RestartingState state, string what) =>
        _processes.Where(process => process.State == state)
            .Select(process => process.LastExit is { } exit ? $"'{process.Name}' {what} (it {exit})" : $"'{process.Name}' {what} (it could not be started)");

    private bool IsLostLately(long lost)
    {
        lock (_gate)
        {
            _lostAt = lost > _seenLost ? time.GetTimestamp() : _lostAt;
            _seenLost = lost;
            return _lostAt is { } at && time.GetElapsedTime(at) < Lately;
        }
    }

    private Dictionary<string, object> DataOf(ProcessTreeStatus tree)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["guarded"] = tree.IsGuarded,
            ["running_trees"] = tree.RunningTrees,
            ["left_processes"] = tree.LeftProcesses,
            ["lost_supervisors"] = tree.LostSupervisors,
            ["ended_orphans"] = tree.EndedOrphans,
        };
        if (tree.SupervisorId is { } id)
        {
            data["supervisor_id"] = id;
        }

        if (tree.Containment is { } containment)
        {
            data["containment"] = containment.ToString();
        }

        foreach (var process in _processes)
        {
            data[$"{process.Name}.state"] = process.State.ToString();
            data[$"{process.Name}.restarts"] = process.Restarts;
        }

        return data;
    }
}
