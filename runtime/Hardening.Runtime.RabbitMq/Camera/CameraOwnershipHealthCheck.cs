using System.Globalization;
using Hardening.Messaging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hardening.Camera;

/// <summary>What the check asks of the cameras of one name.</summary>
/// <param name="Name">What they are together called.</param>
/// <param name="Broker">The broker, as <c>host:port</c>.</param>
/// <param name="Cameras">How many the host could run.</param>
/// <param name="Owned">How many it runs.</param>
/// <param name="Connection">What has become of their connection.</param>
internal sealed record WatchedOwnership(string Name, string Broker, int Cameras, Func<int> Owned, Func<RabbitMqStatistics> Connection);

/// <summary>Looks at the cameras that hosts agree on, and at the connection by which they do. It asks the broker nothing and waits for nothing.</summary>
internal sealed class CameraOwnershipHealthCheck(IEnumerable<WatchedOwnership> ownerships) : IHealthCheck
{
    private readonly WatchedOwnership[] _ownerships = [.. ownerships];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        List<string> told = [];
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        var isDegraded = false;
        foreach (var ownership in _ownerships)
        {
            var owned = ownership.Owned();
            (data[$"{ownership.Name}.owned"], data[$"{ownership.Name}.cameras"]) = (owned, ownership.Cameras);
            var trouble = Trouble(ownership.Broker, ownership.Connection());
            isDegraded |= trouble is not null;
            told.Add(string.Create(CultureInfo.InvariantCulture, $"this host has {owned} of {ownership.Cameras} cameras '{ownership.Name}'{(trouble is null ? "" : ", and nothing can be agreed on: ")}{trouble}"));
        }

        return Task.FromResult(new HealthCheckResult(isDegraded ? context.Registration.FailureStatus : HealthStatus.Healthy, told.Count > 0 ? string.Join("; ", told) : null, exception: null, data));
    }

    private static string? Trouble(string broker, RabbitMqStatistics now) => now switch
    {
        { IsConnected: false } => now.LastFailure?.Message ?? $"there is no connection to the broker at {broker}; it is made anew",
        { IsBlocked: true } => $"the broker at {broker} takes no messages, since its memory or its disk runs short",
        _ => null,
    };
}
