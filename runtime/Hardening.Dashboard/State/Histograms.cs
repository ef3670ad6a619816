using Hardening.Camera;

namespace Hardening.Dashboard.State;

/// <summary>Latencies in few buckets: their bounds are 1, 2 and 5 times a power of ten.</summary>
internal static class Histograms
{
    private static readonly TimeSpan[] Bounds =
        [.. from decade in Enumerable.Range(0, 7) from step in (int[])[1, 2, 5] select TimeSpan.FromMicroseconds(step * (long)Math.Pow(10, decade + 1))]; // 10 µs to 50 s

    public static HistogramState Tell(LatencyHistogram latencies)
    {
        var counts = new long[Bounds.Length + 1];
        foreach (var bucket in latencies.GetBuckets())
        {
            var index = Array.BinarySearch(Bounds, bucket.To);
            counts[index < 0 ? ~index : index] += bucket.Count; // one that a bound divides goes up: it is 1/32 wide
        }

        var summary = latencies.Summarize();
        return new HistogramState(
            summary.Count, summary.P50.TotalSeconds, summary.P99.TotalSeconds, summary.P999.TotalSeconds, summary.Max.TotalSeconds,
            [.. counts.Index().Where(bucket => bucket.Item > 0).Select(bucket => new BucketState(bucket.Index < Bounds.Length ? Bounds[bucket.Index].TotalSeconds : null, bucket.Item))]);
    }

    public static SummaryState Tell(LatencySummary summary) =>
        new(summary.Count, summary.P50.TotalSeconds, summary.P99.TotalSeconds, summary.P999.TotalSeconds, summary.Max.TotalSeconds);
}
