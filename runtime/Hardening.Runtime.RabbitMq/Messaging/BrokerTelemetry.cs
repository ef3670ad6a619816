using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Hardening.Messaging;

/// <summary>The runtime's meter and its source of activities, by their name: what the packages share.</summary>
internal static class BrokerTelemetry
{
    public const string Name = "Hardening.Runtime";

    public static readonly ActivitySource Activities = new(Name);

    /// <summary>The host's meter of this name, or, where there is no host, one that belongs to the caller.</summary>
    public static Meter CreateMeter(IMeterFactory? meters)
    {
        var options = new MeterOptions(Name);
        return meters is null ? new Meter(options) : meters.Create(options);
    }
}
