using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>A sample's interval as far as it lies in the stall.</summary>
/// <param name="Sample">The sample.</param>
/// <param name="Length">The whole interval: seconds.</param>
/// <param name="Part">How much of it lies in the stall: 0 to 1.</param>
/// <param name="Paused">Seconds of it, the whole interval, in which a garbage collection had stopped all threads.</param>
/// <param name="Stopped">Seconds of it, the whole interval, in which the process was stopped.</param>
internal sealed record StallInterval(WindowSample Sample, double Length, double Part, double Paused, double Stopped)
{
    private readonly Dictionary<int, ThreadSample> _rows = Index(Sample);

    /// <summary>The row of a thread; null when it has none.</summary>
    public ThreadSample? Row(int threadId) => _rows.TryGetValue(threadId, out var row) ? row : null;

    public double Seconds => Length * Part;

    /// <summary>A growth of the interval, as far as it is of the stall.</summary>
    public double Grown(long growth) => Math.Max(0, growth) * Part;

    /// <summary>Whether it begins where the stall ends: news of the end come in it.</summary>
    public bool IsAfter(StallWindow window) => Sample.Sample.Time > window.StallEnd && Sample.Sample.Time - window.StallEnd < 2 * Sample.Sample.Interval;

    private static Dictionary<int, ThreadSample> Index(WindowSample sample)
    {
        var rows = new Dictionary<int, ThreadSample>(sample.Threads.Count);
        foreach (var row in sample.Threads)
        {
            rows[row.ThreadId] = row;
        }

        return rows;
    }
}

/// <summary>Cuts the samples of a window to the stall, and puts back what is counted only when it is over.</summary>
internal static class StallIntervals
{
    private const double Nano = 1e-9;

    // A process that used less than this share of one processor in a long interval did not run.
    private const double NothingRan = 0.02;

    // A wake-up that is a little late is daily life; a stop is most of its interval.
    private const double MostlyLate = 0.5;

    public static IReadOnlyList<StallInterval> Of(StallWindow window)
    {
        var samples = window.Samples.Where(sample => sample.Sample.Interval > 0).OrderBy(sample => sample.Sample.Time).ToArray();
        var lengths = samples.Select(sample => sample.Sample.Interval * Nano).ToArray();
        var paused = PutBack(samples.Select(sample => sample.Sample.Runtime.GcPause * Nano), lengths);
        var usual = lengths.Length == 0 ? 0 : lengths.Order().ElementAt(lengths.Length / 2);
        var watchdog = window.WatchdogThreadId;
        var intervals = new StallInterval[samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            var sample = samples[i].Sample;
            var late = lengths[i] - usual - paused[i] - Waited(samples[i], watchdog);
            var isTold = sample.Runtime.Continued > 0 || (i + 1 < samples.Length && samples[i + 1].Sample.Runtime.Continued > 0); // who counts the signal may not run at once
            var from = Math.Max(sample.Time - sample.Interval, window.StallStart);
            var to = Math.Min(sample.Time, window.StallEnd);
            var part = Math.Clamp((to - from) * Nano / lengths[i], 0, 1);
            intervals[i] = new StallInterval(samples[i], lengths[i], part, paused[i], Stopped(sample, lengths[i], late, isTold, usual * Math.Max(1, window.Processors)));
        }

        return intervals;
    }

    /// <summary>Time that is counted when it is over may be longer than the interval that it is counted in: the rest is of the intervals before.</summary>
    public static double[] PutBack(IEnumerable<double> counted, double[] room)
    {
        var kept = counted.Select(value => Math.Max(0, value)).ToArray();
        for (var i = kept.Length - 1; i >= 0; i--)
        {
            var rest = kept[i] - room[i];
            if (rest > 0)
            {
                kept[i] = Math.Max(0, room[i]);
                if (i > 0)
                {
                    kept[i - 1] += rest;
                }
            }
        }

        return kept;
    }

    // A stopped process takes no samples: the interval is longer than usual by the time that it was stopped, and by that for which the thread that takes them then waited for a processor. Had the threads
    // waited for processors instead, that thread would have waited for all of the time, so that all together waited at least as long; and what ran, ran in the usual part. Where many threads wait as a
    // rule, and all want to run when they are let go, their sum says nothing, but the signal does.
    private static double Stopped(Sample sample, double length, double late, bool isTold, double usualRun)
    {
        if (late < length * MostlyLate)
        {
            return sample.Runtime.Continued > 0 ? Math.Max(0, late) : 0;
        }

        var ran = Math.Max(0, (sample.Process.UserTicks + sample.Process.SystemTicks) / 100.0);
        var waited = Math.Max(0, sample.Process.RunDelay * Nano);
        return (isTold || waited < late / 2) && ran <= usualRun + (length * NothingRan) ? late : 0;
    }

    private static double Waited(WindowSample sample, int threadId) => threadId == 0 ? 0 : sample.Threads.Where(row => row.ThreadId == threadId).Sum(row => row.RunDelay) * Nano;
}
