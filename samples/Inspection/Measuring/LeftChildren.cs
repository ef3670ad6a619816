using System.ComponentModel;
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
    /// <returns>How many remain.</returns>
    public static int End(string runId, TimeProvider time)
    {
        var start = time.GetTimestamp();
        int left;
        do
        {
            left = 0;
            foreach (var id in Find(runId))
            {
                left++;
                End(id);
            }
        }
        while (left > 0 && time.GetElapsedTime(start) < TimeSpan.FromSeconds(1));

        return left;
    }

    private static void End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromMilliseconds(200));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // it has ended meanwhile
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
