namespace Hardening.Stalls.Sampling;

/// <summary>The clock of <see cref="Sample.Time"/>: a provider's timestamps in ns.</summary>
internal static class SampleTime
{
    private const long PerSecond = 1_000_000_000;

    public static long Now(TimeProvider time) =>
        time.TimestampFrequency == PerSecond ? time.GetTimestamp() : (long)((Int128)time.GetTimestamp() * PerSecond / time.TimestampFrequency);
}
