using System.Diagnostics;

namespace Hardening.Supervision.Tests;

/// <summary>Who is left of marked children.</summary>
internal static class Survivors
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until none is left, and sees that it stays so: one that moves or is replaced may be missed by a single look.</summary>
    public static async Task AreGoneAsync(MarkedDirectory marked, CancellationToken timeout)
    {
        var clock = Stopwatch.StartNew();
        var left = ProcessScan.CountByDirectory(marked.FullName);
        while (left.Count > 0 && clock.Elapsed < Limit && !timeout.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
            left = ProcessScan.CountByDirectory(marked.FullName);
        }

        Assert.That(left, Is.Empty, () => $"left after {clock.Elapsed}: {string.Join(", ", marked.Processes)}");
        var beats = Beats(marked);
        clock.Restart();
        while (clock.Elapsed < SecondLook)
        {
            Assert.That(ProcessScan.CountByDirectory(marked.FullName), Is.Empty, "one came back");
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        Assert.That(Beats(marked), Is.EqualTo(beats), "a comet flies on");
    }

    private static long Beats(MarkedDirectory marked) =>
        Directory.EnumerateFiles(marked.FullName, "beat", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
