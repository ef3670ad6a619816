using System.Diagnostics.Metrics;

namespace Hardening.Camera;

/// <summary>The host's meters, marked with what the cameras are together called: their connection to the broker is not the one that jobs have.</summary>
internal sealed class OwnershipMeters(IMeterFactory meters, string name) : IMeterFactory
{
    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return meters.Create(new MeterOptions(options.Name) { Version = options.Version, Tags = [new("hardening.ownership.name", name)] });
    }

    public void Dispose()
    {
        // the meters are the host's
    }
}
