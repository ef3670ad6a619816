using System.Runtime.InteropServices;

namespace Hardening.Benchmarks.Stalls;

/// <summary>CPU time to the nanosecond: of the calling thread, and of threads by their name.</summary>
internal static unsafe partial class ThreadCpu
{
    private const int CLOCK_THREAD_CPUTIME_ID = 3;
    private const double NanosecondsPerMicrosecond = 1000;

    /// <summary>Of the calling thread, in µs.</summary>
    public static double Microseconds
    {
        get
        {
            var time = stackalloc long[2];
            _ = clock_gettime(CLOCK_THREAD_CPUTIME_ID, time);
            return (time[0] * 1e6) + (time[1] / NanosecondsPerMicrosecond);
        }
    }

    /// <summary>Of all threads of this process whose name begins like that, in µs by name.</summary>
    public static Dictionary<string, double> MicrosecondsOf(string beginning)
    {
        Dictionary<string, double> times = [];
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                var name = File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd('\n');
                if (name.StartsWith(beginning, StringComparison.Ordinal))
                {
                    times[name] = times.GetValueOrDefault(name) + (long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], provider: null) / NanosecondsPerMicrosecond);
                }
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return times;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);
}
