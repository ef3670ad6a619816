using System.Globalization;
using Hardening.Processes;

namespace Hardening.Benchmarks.Processes;

/// <summary>The CPU time of this application and its supervisor.</summary>
/// <param name="Own">What the two used themselves.</param>
/// <param name="Children">What children used that they have reaped, counted in ticks of 10 ms.</param>
internal readonly record struct ProcessCpu(TimeSpan Own, TimeSpan Children)
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux has fixed for /proc
    private const int UserTime = 11; // of /proc/pid/stat behind the name: utime, stime, cutime, cstime

    public static ProcessCpu Now()
    {
        var supervisor = ProcessTree.Status.SupervisorId;
        var own = Environment.CpuUsage.TotalTime + (supervisor is { } id ? Scheduled(id) : TimeSpan.Zero);
        return new ProcessCpu(own, Ticks(Environment.ProcessId, UserTime + 2) + (supervisor is { } other ? Ticks(other, UserTime + 2) : TimeSpan.Zero));
    }

    /// <summary>What the process itself used, in ticks of 10 ms.</summary>
    public static TimeSpan TicksOf(int process) => Ticks(process, UserTime);

    // The same to the nanosecond, of the threads that it has now.
    private static TimeSpan Scheduled(int process)
    {
        var nanoseconds = 0L;
        foreach (var task in Directory.GetDirectories($"/proc/{process}/task"))
        {
            try
            {
                nanoseconds += long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The runtime's own, which has just ended.
            }
        }

        return TimeSpan.FromMicroseconds(nanoseconds / 1000);
    }

    public static ProcessCpu operator -(ProcessCpu later, ProcessCpu earlier) => new(later.Own - earlier.Own, later.Children - earlier.Children);

    private static TimeSpan Ticks(int process, int field)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[field], CultureInfo.InvariantCulture) + long.Parse(fields[field + 1], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }
}

/// <summary>The memory of a process, in megabytes of 1,000,000 bytes.</summary>
/// <param name="Proportional">PSS: pages that several processes map count in part for each.</param>
/// <param name="Private">What would be free without it.</param>
internal readonly record struct ProcessMemory(double Proportional, double Private)
{
    public static ProcessMemory Of(int process)
    {
        var lines = File.ReadAllLines($"/proc/{process}/smaps_rollup").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToLookup(fields => fields[0], fields => Megabytes(fields[1]));
        return new ProcessMemory(lines["Pss:"].Sum(), lines["Private_Clean:"].Sum() + lines["Private_Dirty:"].Sum());
    }

    private static double Megabytes(string kilobytes) => long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024 / 1e6;
}
