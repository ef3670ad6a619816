using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hardening.Stalls.Actions;

/// <summary>Tells what stands still. It waits for nothing and asks nobody, so that it answers while all else hangs.</summary>
internal sealed class StallsHealthCheck(StallHealth health) : IHealthCheck
{
    /// <summary>A watchdog that has not looked for longer than this tells nothing about now.</summary>
    internal static readonly TimeSpan Blind = TimeSpan.FromSeconds(30);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var known = health.Present;
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var stall in known.Stalls.Where(stall => stall.Counts).OrderByDescending(stall => stall.IsCritical))
        {
            data.TryAdd("headline", stall.Headline ?? $"{stall.Name} stands still");
            data.TryAdd("cause", (stall.Cause ?? StallCause.Unknown).Tag());
            data.TryAdd("since", stall.Since);
            data[$"{stall.Name}.since"] = stall.Since;
        }

        var still = known.Stalls.FindAll(stall => stall.Counts);
        if (still.Count > 0)
        {
            var isCritical = still.Exists(stall => stall.IsCritical);
            return Task.FromResult(new HealthCheckResult(isCritical ? context.Registration.FailureStatus : HealthStatus.Degraded, (string)data["headline"], exception: null, data));
        }

        if (health.SinceLook is { } silence && silence > Blind)
        {
            var description = string.Create(CultureInfo.InvariantCulture, $"The stall watchdog has not looked for {silence.TotalSeconds:0} s: it hangs itself, or the process does not run");
            return Task.FromResult(HealthCheckResult.Degraded(description, exception: null, data));
        }

        if (known.Last is { } last && health.IsRecent(last))
        {
            data["headline"] = last.Headline ?? $"{last.Name} stood still";
            data["cause"] = (last.Cause ?? StallCause.Unknown).Tag();
            data["since"] = last.Since;
            return Task.FromResult(HealthCheckResult.Degraded($"Over, but lately: {data["headline"]}", exception: null, data));
        }

        return Task.FromResult(HealthCheckResult.Healthy(description: null, data));
    }
}
