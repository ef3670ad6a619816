using System.Globalization;

namespace Hardening.Analyzers.Evidence;

/// <summary>What a statement did in a stall.</summary>
internal enum EvidenceRole
{
    WaitedForLock,
    HeldLock,
    Deadlocked,
    BlockedPool,
    UsedChildren,
    Spun,
    Slept,
    Waited,
    WaitedForDevice,
    WaitedInSystemCall,
    WasBusy,
    WereBusy,
}

/// <summary>How messages say it.</summary>
internal static class EvidenceRoles
{
    public static string Say(EvidenceRole role, int threads) => role switch
    {
        EvidenceRole.WaitedForLock => $"{Threads(threads)} waited for a lock here",
        EvidenceRole.HeldLock => $"it was under way with a lock held that {Threads(threads)} waited for",
        EvidenceRole.Deadlocked => "it waits for ever, in a deadlock",
        EvidenceRole.BlockedPool => $"it blocked {Threads(threads)} of the thread pool",
        EvidenceRole.UsedChildren => $"{Threads(threads)} started or awaited children here, which took the processors",
        EvidenceRole.Spun => $"{Threads(threads)} spun here instead of waiting",
        EvidenceRole.Slept => "what stalled slept here",
        EvidenceRole.WaitedForDevice => "what stalled waited for a device here",
        EvidenceRole.WaitedInSystemCall => "what stalled waited in a system call here",
        EvidenceRole.WasBusy => "what stalled was at work here",
        EvidenceRole.WereBusy => $"{Threads(threads)} were at work here",
        _ => "what stalled waited here",
    };

    /// <summary>What the culprit of a report did, by the name of the cause there; null where the cause is no statement's.</summary>
    public static EvidenceRole? OfCulprit(string? cause, FrameKind kind) => cause switch
    {
        "lockContention" or "nativeLockContention" => EvidenceRole.WaitedForLock,
        "deadlock" => EvidenceRole.Deadlocked,
        "threadPoolStarvation" => EvidenceRole.BlockedPool,
        "childStorm" => EvidenceRole.UsedChildren,
        "spinStorm" => EvidenceRole.Spun,
        "blockedIO" => EvidenceRole.WaitedForDevice,
        "blockedSystemCall" => EvidenceRole.WaitedInSystemCall,
        "busyActivity" => EvidenceRole.WasBusy,
        "oversubscription" or "kernelStorm" or "memoryStorm" => EvidenceRole.WereBusy,
        _ => kind == FrameKind.Sleep ? EvidenceRole.Slept : EvidenceRole.Waited,
    };

    /// <summary>What threads at a statement add to a stall of that cause; null where they are bystanders.</summary>
    public static EvidenceRole? OfStack(string cause, FrameKind kind, bool isAtWork, bool isPool) => cause switch
    {
        "threadPoolStarvation" when isPool && kind != FrameKind.Other => EvidenceRole.BlockedPool,
        "lockContention" when kind == FrameKind.Lock => EvidenceRole.WaitedForLock,
        "childStorm" when kind == FrameKind.Process => EvidenceRole.UsedChildren,
        "spinStorm" when kind == FrameKind.Spin => EvidenceRole.Spun,
        "oversubscription" or "kernelStorm" or "memoryStorm" when isAtWork => EvidenceRole.WereBusy,
        _ => null,
    };

    private static string Threads(int count) => count > 1 ? string.Format(CultureInfo.InvariantCulture, "up to {0} threads", count) : "a thread";
}
