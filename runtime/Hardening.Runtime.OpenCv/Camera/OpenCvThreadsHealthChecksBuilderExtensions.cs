using Hardening.Camera;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds OpenCV's threads to a host's health checks.</summary>
public static class OpenCvThreadsHealthChecksBuilderExtensions
{
    /// <summary>Adds a check that tells how many threads OpenCV's functions use and how many processors there are. Degraded: other code has changed what <see cref="OpenCvThreads.Configure"/> had set.</summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="tags">By which checks can be chosen. Default: none.</param>
    public static IHealthChecksBuilder AddOpenCvThreads(this IHealthChecksBuilder builder, string name = "hardening_opencv_threads", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return builder.Add(new HealthCheckRegistration(name, static _ => new OpenCvThreadsHealthCheck(), failureStatus: null, tags));
    }
}
