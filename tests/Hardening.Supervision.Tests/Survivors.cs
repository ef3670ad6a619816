using System.Diagnostics;

namespace Hardening.Supervision.Tests;

/// <summary>Who is left of marked children.</summary>
internal static class Survivors
{
    private const int Looks = 10;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Waits until none is left for good: none is seen in many looks in a row, and no comet flies meanwhile. A single look can miss one that moves, and who ends them may still be at work.
    /// </summary>
    public static async Task AreGoneAsync(MarkedDirectory marked, CancellationToken timeout)
    {
        var clock = Stopwatch.StartNew();
        var (looks, silentSince, beats) = (0, clock.Elapsed, Beats(marked));
        while (looks < Looks || clock.Elapsed - silentSince < Silence) // time alone says nothing: on a busy machine it passes between two looks
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
            looks++;
            if (ProcessScan.CountByDirectory(marked.FullName).Count > 0 || Beats(marked) != beats)
            {
                (looks, silentSince, beats) = (0, clock.Elapsed, Beats(marked));
                Assert.That(clock.Elapsed < Limit && !timeout.IsCancellationRequested, () => $"left: {string.Join(", ", marked.Processes)}");
            }
        }
    }

    private static long Beats(MarkedDirectory marked) =>
        Directory.EnumerateFiles(marked.FullName, "beat", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
