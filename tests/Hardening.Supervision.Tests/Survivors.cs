using System.Diagnostics;

namespace Hardening.Supervision.Tests;

/// <summary>Who is left of marked children.</summary>
internal static class Survivors
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Waits until none is left for good: none is seen in many looks in a row, and no comet flies meanwhile. A single look can miss one that moves, and who ends them may still be at work.
    /// </summary>
    public static async Task AreGoneAsync(MarkedDirectory marked, CancellationToken timeout)
    {
        var clock = Stopwatch.StartNew();
        var (silentSince, beats) = (clock.Elapsed, Beats(marked));
        IReadOnlyDictionary<string, int> left = ProcessScan.CountByDirectory(marked.FullName);
        while (clock.Elapsed - silentSince < Silence && !timeout.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
            left = ProcessScan.CountByDirectory(marked.FullName);
            if (left.Count > 0 || Beats(marked) != beats)
            {
                (silentSince, beats) = (clock.Elapsed, Beats(marked));
                Assert.That(clock.Elapsed, Is.LessThan(Limit), () => $"left: {string.Join(", ", marked.Processes)}");
            }
        }

        Assert.That(left, Is.Empty);
    }

    private static long Beats(MarkedDirectory marked) =>
        Directory.EnumerateFiles(marked.FullName, "beat", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
