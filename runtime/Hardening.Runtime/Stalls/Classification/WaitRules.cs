namespace Hardening.Stalls.Classification;

/// <summary>What a blocked thread waits for, other than a lock.</summary>
internal static class WaitRules
{
    // A wait that is one wakes when it is over. A thread that wakes more often than this each second, and gets nothing done, looks again and again: sleeps of 1 ms, with which SpinWait ends, make 500 to 900.
    private const double WakesPerSecond = 200;

    /// <summary>Who maps and unmaps keeps all threads of the process from touching new memory; so does who forks, for a copy of the map is made.</summary>
    public static CauseFinding? MemoryMap(StallFacts facts, StallSplit left)
    {
        var places = facts.Places;
        var isSeen = places.IsKnown || facts.MapWaiters < WaitPlaceShares.MapCrowd; // else nobody looked while it was blocked, and others waited there
        if (left.TakeBlocked(left.Blocked * (isSeen ? places[WaitPlace.Memory] : 1)) is not (> 0 and var share))
        {
            return null;
        }

        var (waiters, starting) = (facts.MapWaiters, facts.Starting);
        var who = facts.ThreadId > 0 ? Readable.Capital(facts.Name(facts.ThreadId)) : "A thread";
        var others = $"{Readable.Number(facts.Load.Uninterruptible)} threads on average were in uninterruptible sleep";
        var evidence = isSeen ? $"{who} waited for the map of the process's memory{In(places.MemoryAt)}; {others}." : $"{who} was blocked where nobody looked, while {waiters} threads waited for the map of the process's memory; {others}.";
        return starting >= Math.Max(WaitPlaceShares.MapCrowd, waiters)
            ? new CauseFinding(StallCause.ChildStorm, share, isSeen ? 0.85 : 0.7, [evidence, $"{starting} threads started processes or waited for them, and each start changes that map, or copies it."])
            : new CauseFinding(StallCause.MemoryStorm, share, isSeen ? 0.85 : 0.7, [evidence, ProcessorRules.MemorySentence(facts)]);
    }

    public static CauseFinding? Spin(StallFacts facts, StallSplit left)
    {
        if (facts.Thread is not { } thread)
        {
            return null;
        }

        var isSpinning = WorkRules.IsSpinning(facts, thread);
        var wakes = thread.Slices.Sum(slice => Math.Max(0, slice.Row.Slices) * slice.Part) / Math.Max(1e-9, thread.Blocked + thread.Running);
        if (wakes < WakesPerSecond && !isSpinning)
        {
            return null;
        }

        // Who spins or yields is ready all the time: with more processors it would spin more, and get no further.
        var share = left.TakeBlocked(left.Blocked) + (isSpinning ? left.TakeWaiting(left.Waiting) : 0);
        if (share <= 0)
        {
            return null;
        }

        var spinners = facts.Stacks.Count(StackActivity.Spin);
        var evidence = new List<string> { $"{Readable.Capital(facts.Name(facts.ThreadId))} was given a processor {Readable.Number(wakes)} times a second and got nothing done: it looks again and again instead of waiting." };
        if (spinners > 0)
        {
            evidence.Add($"By their stacks {Readable.Count(spinners, "thread")} spin.");
        }

        return new CauseFinding(StallCause.SpinStorm, share, isSpinning ? 0.9 : 0.65, evidence);
    }

    public static CauseFinding? Device(StallFacts facts, StallSplit left)
    {
        var places = facts.Places;
        if (left.TakeBlocked(left.Blocked * places[WaitPlace.Device]) is not (> 0 and var share))
        {
            return null;
        }

        return new CauseFinding(StallCause.BlockedIO, share, places.DeviceAt.Length > 0 ? 0.9 : 0.75,
            [$"{Readable.Capital(facts.Name(facts.ThreadId))} was in uninterruptible sleep{In(places.DeviceAt)}: it waited for a device or a file system."]);
    }

    public static CauseFinding? SystemCall(StallFacts facts, StallSplit left)
    {
        var places = facts.Places;
        if (left.TakeBlocked(left.Blocked * places[WaitPlace.SystemCall]) is not (> 0 and var share))
        {
            return null;
        }

        return new CauseFinding(StallCause.BlockedSystemCall, share, 0.85, [$"{Readable.Capital(facts.Name(facts.ThreadId))} waited in {(places.CallAt.Length > 0 ? places.CallAt : "a system call")}."]);
    }

    /// <summary>What is left: it waits by its own code, and only its stack says for what.</summary>
    public static CauseFinding? OwnWait(StallFacts facts, StallSplit left)
    {
        if (left.TakeBlocked(left.Blocked) is not (> 0 and var share))
        {
            return null;
        }

        if (facts.Thread is null)
        {
            return new CauseFinding(StallCause.BlockedActivity, share, 0.3, [facts.Window.Activity.ThreadId == 0 ? "The activity has never beaten, so its thread is not known." : $"{Readable.Capital(facts.Name(facts.Window.Activity.ThreadId))}, which beat last, has ended or was not sampled."]);
        }

        var name = Readable.Capital(facts.Name(facts.ThreadId));
        var (activity, text) = facts.Stacks.Activity(facts.ThreadId);
        var at = facts.Stacks.Statement(facts.ThreadId) is { } statement ? $" at {StackFacts.Place(statement)}" : "";
        switch (activity)
        {
            case StackActivity.InputOutput:
                return new CauseFinding(StallCause.BlockedSystemCall, share, 0.7, [$"{name} waits for {text}{at}."]);
            case StackActivity.Process or StackActivity.Sleep or StackActivity.Task or StackActivity.Signal:
                return new CauseFinding(StallCause.BlockedActivity, share, 0.9, [$"{name} waits in {text}{at}."]);
            case StackActivity.Idle when facts.Stacks.Has(facts.ThreadId):
                return new CauseFinding(StallCause.BlockedActivity, share, 0.45, [$"{name}, which beat last, has no work: the activity goes on elsewhere, or waits without a thread."]);
        }

        // A lock whose wait began before anybody listened looks the same; where others were waited for just then, it may be one.
        var mayBeLock = facts.Window.LockWaits.Count == 0 && facts.Load.Contentions >= LockRules.Convoy;
        var confidence = facts.Places.IsKnown || at.Length > 0 ? mayBeLock ? 0.45 : 0.6 : 0.4;
        return new CauseFinding(StallCause.BlockedActivity, share, confidence, [$"{name} was blocked for {Readable.Seconds(share * facts.Duration)}{at}, not in a lock that is known, nor in a system call that tells: it sleeps, or waits for another thread."]);
    }

    private static string In(string place) => place.Length > 0 ? $" in {place}" : "";
}
