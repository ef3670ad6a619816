using System.Globalization;
using Hardening.Processes;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>CPU time of this program and of all that descends from it, to the nanosecond; of threads that are there at the time.</summary>
internal static class TreeCpu
{
    public static TimeSpan Now()
    {
        List<int> found = [Environment.ProcessId];
        if (ProcessTree.Status.SupervisorId is { } supervisor)
        {
            found.Add(supervisor);
        }

        var nanoseconds = 0L;
        for (var at = 0; at < found.Count; at++)
        {
            foreach (var task in Tasks(found[at]))
            {
                nanoseconds += long.Parse(Read(task, "schedstat") is { Length: > 0 } stat ? stat.Split(' ')[0] : "0", CultureInfo.InvariantCulture);
                var children = Read(task, "children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture));
                found.AddRange(children.Where(id => !found.Contains(id)).ToList());
            }
        }

        return TimeSpan.FromMicroseconds(nanoseconds / 1000.0);
    }

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

    private static string Read(string task, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, name)).Trim();
        }
        catch (IOException)
        {
            return ""; // a thread of the runtime that has just ended
        }
    }
}
