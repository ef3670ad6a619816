using System.Numerics;

namespace Hardening.Camera;

/// <summary>
/// Counts durations in buckets whose width grows with the value, 32 to an octave (as HdrHistogram does), from 1 µs to about 100 days.
/// Recording allocates nothing. Not thread-safe: its owner sees to it that one thread at a time uses it.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBucketBits = 5;
    private const int SubBuckets = 1 << SubBucketBits;
    private const int Octaves = 40;

    private readonly long[] _counts = new long[Octaves * SubBuckets];
    private long _count;
    private long _maxTicks;

    /// <summary>Counts one duration; a negative one as zero.</summary>
    public void Record(TimeSpan duration)
    {
        var ticks = Math.Max(duration.Ticks, 0);
        _counts[Index(ticks / TimeSpan.TicksPerMicrosecond)]++;
        _count++;
        _maxTicks = Math.Max(_maxTicks, ticks);
    }

    /// <summary>Takes over the counts of another.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        _count += other._count;
        _maxTicks = Math.Max(_maxTicks, other._maxTicks);
    }

    /// <summary>The distribution so far.</summary>
    public LatencySummary Summarize() =>
        new(_count, Percentile(0.5), Percentile(0.99), Percentile(0.999), TimeSpan.FromTicks(_maxTicks));

    /// <summary>How many durations there were of which length: the buckets that are not empty, the shortest first. A copy, which takes memory.</summary>
    public IReadOnlyList<LatencyBucket> GetBuckets()
    {
        var buckets = new List<LatencyBucket>();
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
            {
                buckets.Add(new LatencyBucket(TimeSpan.FromMicroseconds(i == 0 ? 0 : UpperBound(i - 1)), TimeSpan.FromMicroseconds(UpperBound(i)), _counts[i]));
            }
        }

        return buckets;
    }

    private TimeSpan Percentile(double share)
    {
        var rank = (long)Math.Ceiling(_count * share);
        var seen = 0L;
        for (var i = 0; i < _counts.Length && rank > 0; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return TimeSpan.FromTicks(Math.Min(UpperBound(i) * TimeSpan.TicksPerMicrosecond, _maxTicks));
            }
        }

        return TimeSpan.Zero;
    }

    // Values below 32 have a bucket each; from there on the position of the highest bit and the five bits after it give the bucket.
    private static int Index(long value)
    {
        if (value < SubBuckets)
        {
            return (int)value;
        }

        var octave = BitOperations.Log2((ulong)value) - SubBucketBits;
        return Math.Min(((octave + 1) * SubBuckets) + (int)((value >> octave) - SubBuckets), (Octaves * SubBuckets) - 1);
    }

    private static long UpperBound(int index)
    {
        if (index < SubBuckets)
        {
            return index + 1;
        }

        var octave = (index / SubBuckets) - 1;
        return (long)(SubBuckets + (index % SubBuckets) + 1) << octave;
    }
}
