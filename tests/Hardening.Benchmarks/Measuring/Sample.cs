namespace Hardening.Benchmarks.Measuring;

/// <summary>What one run took.</summary>
/// <param name="Elapsed">Time on the clock.</param>
/// <param name="Cpu">CPU time of all its threads, in and outside the kernel; null where the system does not tell.</param>
internal sealed record Sample(TimeSpan Elapsed, TimeSpan? Cpu);

/// <summary>All runs of one contender, a run for each round.</summary>
internal sealed record Series(string Name, IReadOnlyList<Sample> Samples)
{
    public double Seconds => Median(Samples.Select(sample => sample.Elapsed.TotalSeconds));

    public double? CpuSeconds => Cpu is { } cpu ? Median(cpu) : null;

    private IEnumerable<double>? Cpu => Samples.All(sample => sample.Cpu is not null) ? Samples.Select(sample => sample.Cpu!.Value.TotalSeconds) : null;

    /// <summary>How many times the floor's time: the median over rounds, for what disturbs a round disturbs its neighbours too.</summary>
    public double RatioTo(Series floor) =>
        Median(Samples.Zip(floor.Samples, (mine, other) => mine.Elapsed / other.Elapsed));

    /// <summary>The same for CPU time; null where it is not known.</summary>
    public double? CpuRatioTo(Series floor) => Cpu is { } mine && floor.Cpu is { } other ? Median(mine.Zip(other, (a, b) => a / b)) : null;

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
