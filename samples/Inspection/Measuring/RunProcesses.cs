using System.Globalization;
using System.Text;
using Inspection.Servers;
using Inspection.Work;

namespace Inspection.Measuring;

/// <summary>
/// The processes of a run, wherever they hang in the tree, as the system has them. They are told by a mark in their environment, which children inherit: never by
/// name. None where the system does not tell.
/// </summary>
internal static class RunProcesses
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux has fixed for /proc

    /// <summary>Their ids.</summary>
    public static IEnumerable<int> Find(string runId)
    {
        if (!OperatingSystem.IsLinux())
        {
            yield break;
        }

        byte[][] marks = [Encoding.UTF8.GetBytes($"{ArchiveWorker.RunVariable}={runId}\0"), Encoding.UTF8.GetBytes($"HARDENING_WORKER_POOL={InspectionPool.NameFor(runId)}\0")];
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId && HasMark(directory, marks))
            {
                yield return id;
            }
        }
    }

    /// <summary>The CPU time up to now of those that run, and of those of their children that have ended.</summary>
    public static TimeSpan CpuTime(string runId)
    {
        var ticks = 0L;
        foreach (var id in Find(runId))
        {
            ticks += Ticks(id);
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    // The name in parentheses may hold anything, so fields count from its end: utime, stime, cutime and cstime are fields 14 to 17, state is 3.
    private static long Ticks(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(11).Take(4).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return 0; // ended meanwhile
        }
    }

    // A zombie has no environment any more, so it does not count: it is a number that its parent has yet to collect.
    private static bool HasMark(string directory, byte[][] marks)
    {
        try
        {
            var environment = File.ReadAllBytes(directory + "/environ");
            return Array.Exists(marks, mark => environment.AsSpan().IndexOf(mark) >= 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // ended meanwhile, or not ours
        }
    }
}
