namespace Hardening.Stalls.Sampling;

/// <summary>The clock of <see cref="Sample.Time"/>: a provider's timestamps in ns.</summary>
internal static class SampleTime
{
    private const long PerSecond = 1_000_000_000;

    public static long Now(TimeProvider time) => Of(time.GetTimestamp(), time);

    public static long Of(long timestamp, TimeProvider time) =>
        time.TimestampFrequency == PerSecond ? timestamp : (long)((Int128)timestamp * PerSecond / time.TimestampFrequency);
}
