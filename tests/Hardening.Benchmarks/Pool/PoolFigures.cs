using System.Text.Json;
using System.Text.Json.Serialization;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Pool;

/// <summary>What one measurement says of itself, as one line of JSON.</summary>
internal sealed record PoolMeasurement
{
    public static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public required long Jobs { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Of one job, in microseconds, where they were done one at a time.</summary>
    public double? P50 { get; init; }

    public double? P99 { get; init; }

    /// <summary>Microseconds a job on a CPU, of the program and all that it has started; null where it is not known.</summary>
    public double? Cpu { get; init; }

    /// <summary>Managed bytes a job that the host allocated.</summary>
    public double? Allocated { get; init; }

    /// <summary>Likewise, the worker.</summary>
    public double? WorkerAllocated { get; init; }

    /// <summary>What else the scenario tells, such as how long the next job waited.</summary>
    public double? Extra { get; init; }

    /// <summary>What was not right in the results; null when all was.</summary>
    public string? Wrong { get; init; }

    [JsonIgnore]
    public double JobsPerSecond => Jobs / Seconds;
}

/// <summary>Medians over the rounds.</summary>
internal sealed record PoolFigures(string Scenario, string Name, [property: JsonConverter(typeof(JsonStringEnumConverter<ContenderKind>))] ContenderKind Kind, [property: JsonIgnore] bool IsLatency, IReadOnlyList<PoolMeasurement> Rounds)
{
    /// <summary>Jobs a second, or the median of one in microseconds.</summary>
    public double Value => Series.Median(Rounds.Select(ValueOf));

    public double Least => Rounds.Min(ValueOf);

    public double Most => Rounds.Max(ValueOf);

    public double? P99 => Known(round => round.P99);

    public double? Cpu => Known(round => round.Cpu);

    public double? Allocated => Known(round => round.Allocated);

    public double? WorkerAllocated => Known(round => round.WorkerAllocated);

    public double? Extra => Known(round => round.Extra);

    /// <summary>How many times the other's value: the median over rounds, for what disturbs a round disturbs its neighbours too.</summary>
    public double RatioTo(PoolFigures other) => Series.Median(Rounds.Zip(other.Rounds, (mine, theirs) => ValueOf(mine) / other.ValueOf(theirs)));

    /// <summary>How many times better than the other.</summary>
    public double GainOver(PoolFigures other) => IsLatency ? other.RatioTo(this) : RatioTo(other);

    private double ValueOf(PoolMeasurement round) => IsLatency ? round.P50 ?? double.NaN : round.JobsPerSecond;

    private double? Known(Func<PoolMeasurement, double?> figure) => Rounds.All(round => figure(round) is not null) ? Series.Median(Rounds.Select(round => figure(round)!.Value)) : null;
}
