namespace Hardening.FaultLab.Truth;

internal static class LabClock
{
    /// <summary>ns of the monotonic clock, which is the same in all processes of a machine.</summary>
    public static long Nanoseconds(this TimeProvider time) => (long)(time.GetTimestamp() * (1e9 / time.TimestampFrequency));
}
