namespace Hardening.Stalls.Sampling;

/// <summary>The clock of <see cref="Sample.Time"/>: ns of <see cref="TimeProvider.GetTimestamp"/>, which for the system's provider are those of CLOCK_MONOTONIC.</summary>
internal static class SampleClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    extension(TimeProvider time)
    {
        public long Nanoseconds => time.NanosecondsOf(time.GetTimestamp());

        public long NanosecondsOf(long timestamp)
        {
            var (seconds, rest) = Math.DivRem(timestamp, time.TimestampFrequency);
            return (seconds * NanosecondsPerSecond) + (rest * NanosecondsPerSecond / time.TimestampFrequency);
        }
    }
}
