using System.Globalization;
using System.Runtime.InteropServices;
using Hardening.Processes;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>CPU time of this program and of all that descends from it, to the nanosecond; of processes that are there at the time.</summary>
internal static partial class TreeCpu
{
    public static TimeSpan Now() => TimeSpan.FromMicroseconds(Each().Values.Sum() / 1000.0);

    /// <summary>The same of other programs, by their processes.</summary>
    public static TimeSpan Of(params IEnumerable<int> roots) => TimeSpan.FromMicroseconds(Each([.. roots]).Values.Sum() / 1000.0);

    /// <summary>The same for each process, in nanoseconds, this one first.</summary>
    public static Dictionary<int, long> Each() => Each(ProcessTree.Status.SupervisorId is { } supervisor ? [Environment.ProcessId, supervisor] : [Environment.ProcessId]);

    /// <summary>The processes themselves, and all that descend from them.</summary>
    public static IReadOnlyCollection<int> Processes(params IEnumerable<int> roots) => Each([.. roots]).Keys;

    private static Dictionary<int, long> Each(List<int> found)
    {
        Dictionary<int, long> all = [];
        for (var at = 0; at < found.Count; at++)
        {
            all[found[at]] = Clock(found[at]);
            foreach (var task in Tasks(found[at]))
            {
                var children = Children(task).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture));
                found.AddRange(children.Where(id => !found.Contains(id)).ToList());
            }
        }

        return all;
    }

    // All threads of the process, those that have ended too; clock_getcpuclockid(3) makes the clock's number so.
    private static long Clock(int process) => clock_gettime((~process << 3) | 2, out var time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : 0;

    private static string[] Tasks(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (DirectoryNotFoundException)
        {
            return []; // it has ended
        }
    }

    private static string Children(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "children")).Trim();
        }
        catch (IOException)
        {
            return ""; // a thread of the runtime that has just ended
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Timespec time);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
