using System.Diagnostics;
using System.Globalization;
using Inspection.Work;

namespace Inspection.Measuring;

/// <summary>
/// The processes of a run that are still there when it is over, wherever they now hang in the tree. A demonstration must not leave on this machine what it
/// demonstrates.
/// </summary>
internal static class LeftChildren
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20); // for a busy machine, on which even a shell takes its time

    /// <summary>How many there are when their number does not change any more: none, or the same for two seconds, for one that is ending is not left. 0 where the system does not tell.</summary>
    public static async Task<int> CountAsync(string runId, TimeProvider time)
    {
        var begin = time.GetTimestamp();
        var (count, since) = (RunProcesses.Find(runId).Count(), begin);
        while (count > 0 && time.GetElapsedTime(since) < Still && time.GetElapsedTime(begin) < Limit)
        {
            await Task.Delay(LookEvery, time, CancellationToken.None).ConfigureAwait(false);
            var now = RunProcesses.Find(runId).Count();
            (count, since) = (now, now == count ? since : time.GetTimestamp());
        }

        return count;
    }

    /// <summary>Ends them, in as many rounds as it takes, and gives up after 20 s.</summary>
    public static void End(string runId, TimeProvider time)
    {
        var start = time.GetTimestamp();
        int[] left;
        while ((left = [.. RunProcesses.Find(runId)]).Length > 0 && time.GetElapsedTime(start) < Limit)
        {
            EndAll(left);
        }
    }

    // One shell for all: each tree that Process.Kill ends costs it a walk through every process of the machine.
    private static void EndAll(int[] ids)
    {
        using var shell = Process.Start(ArchiveWorker.Shell, ["-c", "kill -KILL \"$@\" 2>/dev/null", "kill", .. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        if (!shell.WaitForExit(Limit))
        {
            shell.Kill(entireProcessTree: true);
        }
    }
}
