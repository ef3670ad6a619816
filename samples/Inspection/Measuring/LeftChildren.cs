using System.Diagnostics;
using System.Globalization;
using System.Text;
using Inspection.Work;

namespace Inspection.Measuring;

/// <summary>
/// The processes of a run that are still there when it is over, wherever they now hang in the tree. They are told by the mark in their environment, which
/// children inherit: never by name. A demonstration must not leave on this machine what it demonstrates.
/// </summary>
internal static class LeftChildren
{
    /// <summary>How many there are; 0 where the system does not tell.</summary>
    public static int Count(string runId) => Find(runId).Count();

    /// <summary>Ends them, in as many rounds as it takes, for up to a second.</summary>
    public static void End(string runId, TimeProvider time)
    {
        var start = time.GetTimestamp();
        int[] left;
        while ((left = [.. Find(runId)]).Length > 0 && time.GetElapsedTime(start) < TimeSpan.FromSeconds(1))
        {
            EndAll(left);
        }
    }

    // One shell for all: each tree that Process.Kill ends costs it a walk through every process of the machine.
    private static void EndAll(int[] ids)
    {
        using var shell = Process.Start(ArchiveWorker.Shell, ["-c", "kill -KILL \"$@\" 2>/dev/null", "kill", .. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        if (!shell.WaitForExit(TimeSpan.FromSeconds(1)))
        {
            shell.Kill(entireProcessTree: true);
        }
    }

    private static IEnumerable<int> Find(string runId)
    {
        if (!OperatingSystem.IsLinux())
        {
            yield break;
        }

        var mark = Encoding.UTF8.GetBytes($"{ArchiveWorker.RunVariable}={runId}\0");
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId && HasMark(directory, mark))
            {
                yield return id;
            }
        }
    }

    // A zombie has no environment any more, so it does not count: it is a number that its parent has yet to collect.
    private static bool HasMark(string directory, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes(directory + "/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // ended meanwhile, or not ours
        }
    }
}
