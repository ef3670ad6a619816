using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hardening.Benchmarks.Camera;

/// <summary>What one measurement says of itself, as one line of JSON; and what is seen of its processes from outside.</summary>
internal sealed record CameraMeasurement
{
    public static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Frames that were done in the time that counts.</summary>
    public required long Frames { get; init; }

    public required double Seconds { get; init; }

    /// <summary>From the moment that the schedule gives to the result, in microseconds.</summary>
    public double? P50 { get; init; }

    public double? P99 { get; init; }

    public double? P999 { get; init; }

    public double? Max { get; init; }

    /// <summary>Frames given up on the way.</summary>
    public long? Dropped { get; init; }

    /// <summary>Frames that the driver had no room for any more.</summary>
    public long? DriverLost { get; init; }

    public long? OutOfOrder { get; init; }

    /// <summary>Managed bytes a frame, and collections in the time that counts; null from other languages.</summary>
    public double? Managed { get; init; }

    public int? Gen0 { get; init; }

    public int? Gen1 { get; init; }

    public int? Gen2 { get; init; }

    /// <summary>Frames done of each camera.</summary>
    public IReadOnlyList<long>? Each { get; init; }

    /// <summary>Milliseconds a frame in which the runtime compiled, most of it what is used often, once more and better: a cost of the first minutes, and part of the CPU time.</summary>
    public double? Compiling { get; init; }

    public int? Threads { get; init; }

    public double? StopSeconds { get; init; }

    /// <summary>Of a fault: the other cameras' percentiles in the runs without it, in microseconds.</summary>
    public double? CalmP50 { get; init; }

    public double? CalmP99 { get; init; }

    /// <summary>Of a fault: the share of the other cameras' frames that were done.</summary>
    public double? OthersDone { get; init; }

    /// <summary>Of a fault: what became of the frames of the camera that has it.</summary>
    public string? Fate { get; init; }

    /// <summary>Stands for what is to be found in all frames, and so the same for all.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>What was not right; null when all was.</summary>
    public string? Wrong { get; init; }

    /// <summary>CPU time of all its processes in the time that counts: it reads the clocks itself, for whoever looks from outside is late when the machine is busy.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>CPU milliseconds a frame of all its processes, the share of the kernel in that, page faults a frame.</summary>
    public double? Cpu { get; init; }

    public double? SystemShare { get; init; }

    public double? Faults { get; init; }

    /// <summary>Memory of all its processes at the end, in MB, each shared page counted once; and how much more that is than at the beginning.</summary>
    public double? Memory { get; init; }

    public double? Growth { get; init; }

    [JsonIgnore]
    public double PerSecond => Frames / Seconds;

    /// <summary>By how much the cameras' shares differ: the largest difference beside the mean.</summary>
    [JsonIgnore]
    public double? Unfairness => Each is { Count: > 1 } each && each.Sum() > 0 ? (each.Max() - each.Min()) / each.Average() : null;
}
