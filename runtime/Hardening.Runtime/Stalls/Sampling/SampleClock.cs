namespace Hardening.Stalls.Sampling;

/// <summary>The clock of <see cref="Sample.Time"/>: ns of <see cref="TimeProvider.GetTimestamp"/>, which for the system's provider are those of CLOCK_MONOTONIC.</summary>
internal static class SampleClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int Looks = 8;
    private static readonly TimeSpan s_together = TimeSpan.FromMilliseconds(1);

    extension(TimeProvider time)
    {
        /// <summary>The time of day of a timestamp. The two clocks are looked at together: a thread that is held up between them looks again.</summary>
        public DateTimeOffset UtcOf(long timestamp)
        {
            for (var look = 1; ; look++)
            {
                var before = time.GetTimestamp();
                var now = time.GetUtcNow();
                if (time.GetElapsedTime(before) < s_together || look == Looks)
                {
                    return now - time.GetElapsedTime(timestamp, before);
                }
            }
        }

        public long Nanoseconds => time.NanosecondsOf(time.GetTimestamp());

        public long NanosecondsOf(long timestamp)
        {
            var (seconds, rest) = Math.DivRem(timestamp, time.TimestampFrequency);
            return (seconds * NanosecondsPerSecond) + (rest * NanosecondsPerSecond / time.TimestampFrequency);
        }
    }
}
