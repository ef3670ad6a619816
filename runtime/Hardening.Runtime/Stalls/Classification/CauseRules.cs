namespace Hardening.Stalls.Classification;

/// <summary>The rules, in the order in which they take their part of the time: what is certain first, what is left over last.</summary>
internal static class CauseRules
{
    public static IReadOnlyList<CauseRule> Heartbeat { get; } =
    [
        new("stopped", "long intervals in which nothing ran nor waited; SIGCONT", PauseRules.Stopped),
        new("suspension", "pauses of the garbage collector, with their events", PauseRules.Suspension),
        new("collection", "pauses of the garbage collector", PauseRules.Collection),
        new("deadlock", "lock waits, held locks, owners of futexes", LockRules.Deadlock),
        new("lock", "lock waits, or held locks of stacks", LockRules.Managed),
        new("semaphore", "stacks", LockRules.Semaphore),
        new("memory map", "wait channels", WaitRules.MemoryMap),
        new("native lock", "system calls with their argument", LockRules.Native),
        new("pool behind it", "the thread pool's delay", PoolRules.WaitsForPool),
        new("spin", "slices, or stacks", WaitRules.Spin),
        new("device", "states, wait channels", WaitRules.Device),
        new("system call", "system calls, wait channels", WaitRules.SystemCall),
        new("crowd", "an activity without a thread; lock waits, held locks, stacks", CrowdRules.Crowd),
        new("own wait", "stacks, or system calls", WaitRules.OwnWait),
        new("at work", "run time", WorkRules.AtWork),
        new("throttled", "cpu.stat", ProcessorRules.Throttled),
        new("own threads", "processor times, runnable threads", ProcessorRules.OwnThreads),
        new("children", "processor times of children", ProcessorRules.Children),
        new("others", "processor times of the host", ProcessorRules.Others),
    ];

    public static IReadOnlyList<CauseRule> ThreadPool { get; } =
    [
        new("stopped", "long intervals in which nothing ran nor waited; SIGCONT", PauseRules.Stopped),
        new("suspension", "pauses of the garbage collector, with their events", PauseRules.Suspension),
        new("collection", "pauses of the garbage collector", PauseRules.Collection),
        new("memory map", "wait channels of the thread pool's threads", WaitRules.MemoryMap),
        new("pool lock", "lock waits of the thread pool's threads, stacks", PoolRules.Locked),
        new("pool starved", "the thread pool's delay and queue", PoolRules.Starved),
        new("throttled", "cpu.stat", ProcessorRules.Throttled),
        new("own threads", "processor times, runnable threads", ProcessorRules.OwnThreads),
        new("children", "processor times of children", ProcessorRules.Children),
        new("others", "processor times of the host", ProcessorRules.Others),
    ];

    public static IReadOnlyList<CauseRule> Process { get; } =
    [
        new("stopped", "long intervals in which nothing ran nor waited; SIGCONT", PauseRules.Stopped),
        new("suspension", "pauses of the garbage collector, with their events", PauseRules.Suspension),
        new("collection", "pauses of the garbage collector", PauseRules.Collection),
        new("memory map", "wait channels", WaitRules.MemoryMap),
        new("device", "states, wait channels", WaitRules.Device),
        new("throttled", "cpu.stat", ProcessorRules.Throttled),
        new("own threads", "processor times, runnable threads", ProcessorRules.OwnThreads),
        new("children", "processor times of children", ProcessorRules.Children),
        new("others", "processor times of the host", ProcessorRules.Others),
    ];

    public static IReadOnlyList<CauseRule> For(StalledActivityKind kind) => kind switch
    {
        StalledActivityKind.ThreadPool => ThreadPool,
        StalledActivityKind.Process => Process,
        _ => Heartbeat,
    };
}
