using System.Text.Json;

namespace Hardening.Benchmarks.Broker;

/// <summary>What one measurement says of itself, as one line of JSON. Times are of one job, in microseconds; CPU time is that of processes, workers included.</summary>
internal sealed record BrokerMeasurement
{
    public static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web);

    public required long Jobs { get; init; }

    public required double Seconds { get; init; }

    public required double P50 { get; init; }

    public required double P99 { get; init; }

    public required double CallerCpu { get; init; }

    /// <summary>Of the broker; 0 in the local pool.</summary>
    public required double BrokerCpu { get; init; }

    /// <summary>Of the host with its workers; in the local pool of the workers and their supervisor alone.</summary>
    public required double HostCpu { get; init; }

    /// <summary>Bytes that the broker had written to its disk, for each job; 0 where its folder is not on one.</summary>
    public required double DiskBytes { get; init; }

    /// <summary>What was not right in the results; null when all was.</summary>
    public string? Wrong { get; init; }

    public double JobsPerSecond => Jobs / Seconds;
}
