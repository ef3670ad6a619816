using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hardening.Camera;

/// <summary>Degraded when other code has changed OpenCV's threads. It asks OpenCV for a number, and changes nothing.</summary>
internal sealed class OpenCvThreadsHealthCheck : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(OpenCvThreads.Read()));

    internal static HealthCheckResult Judge(OpenCvThreadState state)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["threads"] = state.Reported,
            ["visible_processors"] = state.VisibleProcessors,
            ["opencv_processors"] = state.OpenCvProcessors,
            ["framework"] = state.Framework,
        };
        var problems = new List<string>(state.Notes);
        if (state.IsChanged)
        {
            problems.Insert(0, $"OpenCV was set to {state.Configured} threads and runs on {state.Reported}: other code of this process has called SetNumThreads.");
        }

        var description = string.Join(' ', problems);
        return state.IsChanged
            ? HealthCheckResult.Degraded(description, data: data)
            : HealthCheckResult.Healthy(description.Length > 0 ? description : null, data);
    }
}
