using Hardening.Camera;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of cameras that several hosts could run to a host's health checks.</summary>
public static class CameraOwnershipHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of all cameras of <c>AddOwnedCameras</c>. Degraded: there is no connection to the broker, or it takes no messages, so that no camera can change hands, and this host may have to let its own
    /// go. It tells how many cameras this host has; none is healthy too, since others may have them. The check asks the broker nothing.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What is told instead of degraded. Default: degraded.</param>
    /// <param name="tags">By which checks can be chosen. Default: none.</param>
    public static IHealthChecksBuilder AddOwnedCameras(this IHealthChecksBuilder builder, string name = "hardening_owned_cameras", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Services.TryAddSingleton(static provider => new CameraOwnershipHealthCheck(provider.GetServices<CameraOwnershipName>().Select(cameras => Watch(provider, cameras.Name))));
        return builder.Add(new HealthCheckRegistration(name, static provider => provider.GetRequiredService<CameraOwnershipHealthCheck>(), failureStatus ?? HealthStatus.Degraded, tags));
    }

    private static WatchedOwnership Watch(IServiceProvider provider, string name)
    {
        var ownership = provider.GetRequiredKeyedService<CameraOwnership>(name);
        return new WatchedOwnership(name, ownership.Connection.Broker, ownership.Cameras, () => ownership.OwnedCameras, () => ownership.Connection.Statistics);
    }
}
