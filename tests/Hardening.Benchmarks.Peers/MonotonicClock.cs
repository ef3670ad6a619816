using System.Runtime.InteropServices;

namespace Hardening.Benchmarks.Peers;

/// <summary>The clock that every contender reads, in whatever language: CLOCK_MONOTONIC in nanoseconds, which <see cref="TimeProvider.GetTimestamp"/> of the system's clock is too.</summary>
public static partial class MonotonicClock
{
    private const int Monotonic = 1;
    private const int ThreadCpu = 3;
    private const int Absolute = 1;
    private const int TimerSlack = 29;

    public static long Now => Read(Monotonic);

    /// <summary>CPU time of the calling thread in nanoseconds.</summary>
    public static long OfThread => Read(ThreadCpu);

    /// <summary>The calling thread wakes as an interrupt would wake it, and not up to 50 µs later for the sake of the battery.</summary>
    public static void WakeExactly() => _ = prctl(TimerSlack, 1, 0, 0, 0);

    /// <summary>Sleeps until then.</summary>
    public static void SleepUntil(long nanoseconds)
    {
        var until = new Timespec(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        _ = clock_nanosleep(Monotonic, Absolute, until, 0);
    }

    private static long Read(int clock)
    {
        _ = clock_gettime(clock, out var now);
        return (now.Seconds * 1_000_000_000) + now.Nanoseconds;
    }

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int clock_gettime(int clock, out Timespec time);

    [LibraryImport("libc")]
    private static partial int clock_nanosleep(int clock, int flags, in Timespec until, nint left);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint value, nuint second, nuint third, nuint fourth);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
