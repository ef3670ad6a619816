namespace Hardening.Stalls.Classification;

/// <summary>What the stall's time went to, as shares of it. Rules take from it what they explain, so that no time is explained twice.</summary>
internal sealed class StallSplit
{
    // Of one processor: less is none that was free for long.
    private const double SomeIdle = 0.2;

    private StallSplit(double running, double waiting, double blocked, double suspended, double stopped)
    {
        (Running, Waiting, Blocked, Suspended, Stopped) = (Math.Max(0, running), Math.Max(0, waiting), Math.Max(0, blocked), Math.Max(0, suspended), Math.Max(0, stopped));

        // What rounding or a torn sample adds is taken from all alike.
        var scale = Math.Max(1, Running + Waiting + Blocked + Suspended + Stopped);
        Running /= scale;
        Waiting /= scale;
        Blocked /= scale;
        Suspended /= scale;
        Stopped /= scale;
    }

    public double Running { get; private set; }

    /// <summary>For a processor: its own, or that of the owner of a lock that it waits for.</summary>
    public double Waiting { get; private set; }

    public double Blocked { get; private set; }

    public double Suspended { get; private set; }

    public double Stopped { get; private set; }

    public StallShares Shares => new() { Running = Running, WaitingForProcessor = Waiting, Blocked = Blocked, Suspended = Suspended, Stopped = Stopped };

    public double TakeRunning(double share)
    {
        share = Math.Clamp(share, 0, Running);
        Running -= share;
        return share;
    }

    public double TakeWaiting(double share)
    {
        share = Math.Clamp(share, 0, Waiting);
        Waiting -= share;
        return share;
    }

    public double TakeBlocked(double share)
    {
        share = Math.Clamp(share, 0, Blocked);
        Blocked -= share;
        return share;
    }

    public double TakeSuspended(double share)
    {
        share = Math.Clamp(share, 0, Suspended);
        Suspended -= share;
        return share;
    }

    public double TakeStopped()
    {
        var share = Stopped;
        Stopped = 0;
        return share;
    }

    /// <summary>Who waits for a thread that waits for a processor waits for the processor: a share that was taken elsewhere.</summary>
    public void GiveWaiting(double share) => Waiting += share;

    public static StallSplit Of(StallFacts facts)
    {
        var duration = Math.Max(facts.Duration, 1e-9);
        if (facts.Window.Activity.Kind == StalledActivityKind.ThreadPool)
        {
            return OfPool(facts, duration);
        }

        if (facts.Thread is { } thread)
        {
            // A sleeper that wakes late, and had a processor to wait for, waited for it, whatever the kernel counted: the canary slept beside it.
            var late = facts.Window.Activity.Kind == StalledActivityKind.Process && facts.Load.Idle < facts.Seen * SomeIdle && thread.Last is not { State: 'D' } ? Math.Min(thread.Blocked, Late(facts, thread.Seen) - thread.Waiting) : 0;
            late = Math.Max(0, late);
            if (late > 0)
            {
                return new StallSplit(thread.Running / duration, (thread.Waiting + late) / duration, (thread.Blocked - late) / duration, thread.Suspended / duration, thread.Stopped / duration);
            }

            return new StallSplit(thread.Running / duration, thread.Waiting / duration, thread.Blocked / duration, thread.Suspended / duration, thread.Stopped / duration);
        }

        return facts.Window.Activity.Kind == StalledActivityKind.Process ? OfProcess(facts, duration) : OfCanary(facts, duration);
    }

    // Its threads together are the stalled one.
    private static StallSplit OfPool(StallFacts facts, double duration)
    {
        var times = facts.PoolThreadIds.Select(facts.TimeOf).Where(time => time.Seen > 0).ToArray();
        if (times.Length == 0)
        {
            return OfCanary(facts, duration);
        }

        var seen = times.Sum(time => time.Seen) * duration / Math.Max(1e-9, facts.Seen);
        var split = new StallSplit(
            times.Sum(time => time.Running) / seen,
            times.Sum(time => time.Waiting) / seen,
            times.Sum(time => time.Blocked) / seen,
            times.Sum(time => time.Suspended) / seen,
            times.Sum(time => time.Stopped) / seen);

        // With nothing in the queue its threads have nothing to do, and are blocked for that.
        return facts.Load.Pending <= 0 && OfCanary(facts, duration) is var canary && canary.Waiting > split.Waiting ? canary : split;
    }

    // No thread is known: the canary tells whether threads of this process got a processor when they wanted one. Nobody is seen to run.
    private static StallSplit OfCanary(StallFacts facts, double duration)
    {
        var (suspended, stopped) = Pauses(facts);
        var left = Math.Max(0, facts.Seen - suspended - stopped);
        var late = Late(facts, left);
        return new StallSplit(0, late / duration, (left - late) / duration, suspended / duration, stopped / duration);
    }

    private static double Late(StallFacts facts, double most) => Math.Clamp(facts.Intervals.Sum(interval => Math.Min(interval.Seconds, interval.Sample.Sample.Runtime.CanaryDelay * 1e-9)), 0, Math.Max(0, most));

    private static StallSplit OfProcess(StallFacts facts, double duration)
    {
        var (suspended, stopped) = Pauses(facts);
        var left = Math.Max(0, facts.Seen - suspended - stopped);
        var waiting = Math.Min(left, facts.Load.ReadyAndWaiting);
        return new StallSplit(0, waiting / duration, (left - waiting) / duration, suspended / duration, stopped / duration);
    }

    private static (double Suspended, double Stopped) Pauses(StallFacts facts) =>
        (facts.Intervals.Sum(interval => Math.Min(interval.Paused, interval.Length) * interval.Part), facts.Intervals.Sum(interval => interval.Stopped * interval.Part));
}
