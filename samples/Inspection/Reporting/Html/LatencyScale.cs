namespace Inspection.Reporting.Html;

/// <summary>The axis of latencies: logarithmic, from a round number below the shortest to one above the longest, in bins of a quarter of an octave.</summary>
internal sealed class LatencyScale
{
    private const int BinsPerOctave = 4;
    private static readonly double[] Round = [1, 2, 5];

    public LatencyScale(double shortestMs, double longestMs)
    {
        From = RoundNumbers().Last(number => number <= Math.Max(shortestMs, 0.001));
        To = RoundNumbers().First(number => number > Math.Max(longestMs, From));
        Bins = (int)Math.Ceiling(Math.Log2(To / From) * BinsPerOctave);
    }

    public double From { get; }

    public double To { get; }

    public int Bins { get; }

    /// <summary>The width of a bin, in percent of the axis.</summary>
    public double BinWidth => 100 / (Math.Log2(To / From) * BinsPerOctave);

    /// <summary>Its marks, and whether each is one that a narrow page keeps.</summary>
    public IEnumerable<(double Ms, bool IsMajor)> Ticks =>
        RoundNumbers().Where(number => number >= From && number <= To).Select(number => (number, Math.Abs(Math.Log10(number) - Math.Round(Math.Log10(number))) < 0.01));

    /// <summary>Where a latency is, in percent of the axis.</summary>
    public double At(double ms) => Math.Clamp(100 * Math.Log(Math.Max(ms, From) / From) / Math.Log(To / From), 0, 100);

    /// <summary>How many frames fall into each bin; a bucket counts where its middle is.</summary>
    public long[] Count(IEnumerable<LatencyCount> buckets)
    {
        var counts = new long[Bins];
        foreach (var bucket in buckets)
        {
            var middle = (bucket.FromMs + bucket.ToMs) / 2;
            counts[Math.Clamp((int)(Math.Log2(Math.Max(middle, From) / From) * BinsPerOctave), 0, Bins - 1)] += bucket.Count;
        }

        return counts;
    }

    // From a microsecond to the hundred days of the histogram.
    private static IEnumerable<double> RoundNumbers() => Enumerable.Range(-3, 15).SelectMany(power => Round.Select(number => number * Math.Pow(10, power)));
}
