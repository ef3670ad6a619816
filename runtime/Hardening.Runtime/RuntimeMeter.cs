using System.Diagnostics.Metrics;

namespace Hardening;

/// <summary>The one meter of the runtime.</summary>
internal static class RuntimeMeter
{
    public const string Name = "Hardening.Runtime";

    /// <summary>The host's meter of this name, or, where there is no host, one that belongs to the caller.</summary>
    public static Meter Create(IMeterFactory? meters, params IEnumerable<KeyValuePair<string, object?>> tags)
    {
        var options = new MeterOptions(Name) { Tags = tags };
        return meters is null ? new Meter(options) : meters.Create(options);
    }
}
