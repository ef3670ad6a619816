using System.Numerics;

namespace Inspection.Measuring;

/// <summary>Counts durations in buckets of microseconds, 32 to an octave: percentiles are upper bounds, exact to 1/32. One thread at a time; recording allocates nothing.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 5;
    private const int SubBuckets = 1 << SubBucketBits;

    private readonly long[] _counts = new long[40 * SubBuckets];
    private long _count;

    public TimeSpan Max { get; private set; }

    public void Record(TimeSpan duration)
    {
        _counts[Math.Min(IndexOf((long)Math.Max(duration.TotalMicroseconds, 0)), _counts.Length - 1)]++;
        _count++;
        Max = duration > Max ? duration : Max;
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        _count += other._count;
        Max = other.Max > Max ? other.Max : Max;
    }

    public TimeSpan Percentile(double share)
    {
        var rank = (long)Math.Ceiling(_count * share);
        var seen = 0L;
        for (var i = 0; i < _counts.Length && rank > 0; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                var bound = TimeSpan.FromMicroseconds(BoundOf(i));
                return bound < Max ? bound : Max;
            }
        }

        return TimeSpan.Zero;
    }

    // Values below 32 have a bucket each; from there on the highest bit and the five after it choose the bucket.
    private static int IndexOf(long value)
    {
        if (value < SubBuckets)
        {
            return (int)value;
        }

        var octave = BitOperations.Log2((ulong)value) - SubBucketBits;
        return (octave * SubBuckets) + (int)(value >> octave);
    }

    private static long BoundOf(int index)
    {
        var octave = Math.Max((index / SubBuckets) - 1, 0);
        return (long)(index - (octave * SubBuckets) + 1) << octave;
    }
}
