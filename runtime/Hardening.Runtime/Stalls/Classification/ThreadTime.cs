using System.Runtime.InteropServices;
using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>Where a thread was in one interval of the stall: seconds.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ThreadSlice(double Running, double Waiting, double Blocked, double Suspended, double Stopped, double Part, ThreadSample Row, bool IsDeep);

/// <summary>What the wall time of one thread went to in the stall.</summary>
internal sealed class ThreadTime
{
    private const double Nano = 1e-9;

    private ThreadTime(int threadId, IReadOnlyList<ThreadSlice> slices)
    {
        ThreadId = threadId;
        Slices = slices;
        foreach (var slice in slices)
        {
            Running += slice.Running;
            Waiting += slice.Waiting;
            Blocked += slice.Blocked;
            Suspended += slice.Suspended;
            Stopped += slice.Stopped;
        }
    }

    public int ThreadId { get; }

    public IReadOnlyList<ThreadSlice> Slices { get; }

    public double Running { get; }

    /// <summary>Ready, and no processor free.</summary>
    public double Waiting { get; }

    public double Blocked { get; }

    public double Suspended { get; }

    public double Stopped { get; }

    /// <summary>In user mode: seconds; clock ticks of 10 ms.</summary>
    public double User => Slices.Sum(slice => slice.Row.UserTicks * slice.Part) * 0.01;

    /// <summary>In the kernel: seconds; clock ticks of 10 ms.</summary>
    public double System => Slices.Sum(slice => slice.Row.SystemTicks * slice.Part) * 0.01;

    public double Seen => Running + Waiting + Blocked + Suspended + Stopped;

    /// <summary>The last row that has a state; null when there is none.</summary>
    public ThreadSample? Last => Slices.LastOrDefault(slice => slice.Row.State != 0).Row is { State: not '\0' } row ? row : null;

    public static ThreadTime Of(int threadId, IReadOnlyList<StallInterval> intervals)
    {
        var rows = new ThreadSample?[intervals.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = intervals[i].Row(threadId);
        }

        var room = intervals.Select(interval => interval.Length).ToArray();
        var running = StallIntervals.PutBack(rows.Select(row => (row?.RunTime ?? 0) * Nano), room);
        for (var i = 0; i < room.Length; i++)
        {
            room[i] -= running[i];
        }

        // A wait for a processor is counted when it is over: long ones reach back.
        var waiting = StallIntervals.PutBack(rows.Select(row => (row?.RunDelay ?? 0) * Nano), room);
        var known = Array.FindIndex(rows, row => row is not null);
        var slices = new List<ThreadSlice>();
        for (var i = 0; i < rows.Length; i++)
        {
            var interval = intervals[i];
            if (known < 0 || interval.Part <= 0 || IsUnseen(rows[i], interval.Sample.Sample))
            {
                continue;
            }

            // It is ready, and neither ran nor was counted as waiting: its wait is not over.
            if (rows[i] is { State: 'R' } && running[i] <= 0 && waiting[i] <= 0)
            {
                waiting[i] = interval.Length * (i > 0 && rows[i - 1] is { State: 'R' } ? 1 : 0.5);
            }

            slices.Add(Split(rows[i] ?? default, interval, running[i], waiting[i]));
        }

        return new ThreadTime(threadId, slices);
    }

    // Without a row it neither ran nor waited, unless all threads have one, or some rows did not fit.
    private static bool IsUnseen(ThreadSample? row, Sample sample) => row is null && (sample.IsDeep || sample.Process.Omitted > 0);

    // While a collection has stopped all threads nobody runs but the collector, which may be this thread.
    private static ThreadSlice Split(ThreadSample row, StallInterval interval, double running, double waiting)
    {
        var stopped = Math.Min(interval.Stopped, interval.Length);
        var left = interval.Length - stopped;
        var paused = Math.Min(interval.Paused, left);
        left -= paused;
        running = Math.Min(running, left);
        left -= running;
        waiting = Math.Min(waiting, left);
        left -= waiting;
        var part = interval.Part;
        return new ThreadSlice(running * part, waiting * part, left * part, paused * part, stopped * part, part, row, interval.Sample.Sample.IsDeep);
    }
}
