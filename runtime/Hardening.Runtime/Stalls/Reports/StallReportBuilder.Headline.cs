using Hardening.Stalls.Classification;

namespace Hardening.Stalls.Reports;

internal static partial class StallReportBuilder
{
    private static string Headline(StallFacts facts, StallVerdict verdict, IReadOnlyList<StallLock> locks, ThreadStackFrame? culprit)
    {
        var place = culprit is null ? "" : $"{StackFacts.Place(culprit)}: ";
        var why = verdict.Cause switch
        {
            StallCause.LockContention or StallCause.NativeLockContention => OfLock(facts, LockOf(facts, locks, verdict.Cause), verdict.Cause, culprit),
            StallCause.Deadlock => OfDeadlock(facts),
            _ => Why(facts, verdict, culprit, locks),
        };
        return $"{place}{why}; {StoodStill(facts.Window.Activity, facts.Duration)}";
    }

    private static string Why(StallFacts facts, StallVerdict verdict, ThreadStackFrame? culprit, IReadOnlyList<StallLock> locks)
    {
        var load = facts.Load;
        var seen = Math.Max(1e-9, facts.Seen);
        var thread = facts.ThreadId > 0 ? facts.Name(facts.ThreadId) : "its thread";
        var method = culprit is null ? "" : $" in {Method(culprit)}";
        var waited = Waited(facts, verdict, locks);
        return verdict.Cause switch
        {
            StallCause.SpinStorm => $"{Spinners(facts)}{method} instead of waiting",
            StallCause.MemoryStorm => $"the process's own threads were in the kernel for its memory{method}: {Readable.Number(load.MinorFaults)} page faults, {Readable.Share(load.SystemShare)} of its processor time in the kernel",
            StallCause.KernelStorm => $"the process's own threads spent {Readable.Share(load.SystemShare)} of their processor time in the kernel{method}",
            StallCause.GarbageCollection => $"garbage collection had stopped all threads for {Readable.Seconds(load.GcPause)}, {Readable.Count(load.Collections, "collection")}, {Readable.Number(load.FullCollections)} of them full",
            StallCause.GarbageCollectionSuspension => $"a garbage collection waited {Readable.Seconds(load.GcSuspension > 0 ? load.GcSuspension : load.GcPause)} for a thread that did not stop",
            StallCause.ThreadPoolStarvation => OfPool(facts),
            StallCause.ForeignLoad => $"other processes used {Readable.Number(load.Foreign / seen)} of {Readable.Count(load.Processors, "processor")}, and {waited}",
            StallCause.Throttling => $"the control group's limit held the process back for {Readable.Seconds(load.Throttled)}",
            StallCause.Oversubscription => $"{Readable.Number(load.Runnable)} threads of the process{method} wanted {Readable.Count(load.Processors, "processor")}, and {waited}",
            StallCause.BlockedIO => $"{thread} waited for a device{At(facts.Places.DeviceAt)}{method}",
            StallCause.BlockedSystemCall => $"{thread} waited in {(facts.Places.CallAt.Length > 0 ? facts.Places.CallAt : facts.Stacks.Activity(facts.ThreadId) is ({ } activity, { Length: > 0 } text) && activity == StackActivity.InputOutput ? text : "a system call")}{method}",
            StallCause.ProcessStopped => load.Continued > 0 ? "the process was stopped from outside (SIGSTOP)" : "the process was stopped from outside, or its machine was",
            StallCause.ChildStorm => $"the process's own children{method} used {Readable.Number(load.Children / seen)} of {Readable.Count(load.Processors, "processor")}, and {waited}",
            StallCause.BusyActivity => $"{thread} was at work{method} for {Readable.Seconds(verdict.Shares.Running * facts.Duration)}",
            StallCause.BlockedActivity => OfWait(facts, thread, method),
            _ => Unknown(verdict),
        };
    }

    // Either it waited itself, or the owner of its lock did.
    private static string Waited(StallFacts facts, StallVerdict verdict, IReadOnlyList<StallLock> locks)
    {
        var behind = verdict.Contributions.FirstOrDefault(other => other.Cause is StallCause.LockContention or StallCause.NativeLockContention);
        if (behind is null || verdict.Shares.WaitingForProcessor >= 0.5 * verdict.Shares.Blocked)
        {
            return $"it waited {Readable.Seconds(verdict.Shares.WaitingForProcessor * facts.Duration)} for a processor";
        }

        var owner = LockOf(facts, locks, behind.Cause) is { OwnerThreadId: > 0 } held ? $"{facts.Name(held.OwnerThreadId)}, which held a lock that it needs," : "the thread that held a lock that it needs";
        return $"{owner} waited for one";
    }

    private static string OfLock(StallFacts facts, StallLock? held, StallCause cause, ThreadStackFrame? culprit)
    {
        var kind = cause == StallCause.NativeLockContention ? "a native lock" : held?.Kind == SemaphoreKind ? $"the {held.Type?.Split('.')[^1]}" : culprit is null ? "a lock" : "the lock";
        var where = culprit is null ? "" : $" in {Method(culprit)}";
        var waiters = held is null ? "" : held.Waiters == 1 ? ", and 1 thread waits" : $"; {held.Waiters} threads wait";
        if (held is null || held.OwnerThreadId == 0)
        {
            return held is { Waiters: > 1 } ? $"{held.Waiters} threads wait for {kind}{where}" : $"{(facts.ThreadId > 0 ? facts.Name(facts.ThreadId) : "it")} waits for {kind}{where}";
        }

        var owners = facts.Window.LockWaits.Where(wait => held.WaiterThreadIds.Contains(wait.WaiterThreadId) && wait.OwnerThreadId > 0 && facts.Locks.Overlap(wait) > 0).ToArray();
        var turns = owners.Select(wait => wait.OwnerThreadId).Distinct().Count();
        if (turns > 2)
        {
            return $"{turns} threads take turns at {kind}{where}{waiters}";
        }

        var longest = owners.Where(wait => wait.OwnerThreadId == held.OwnerThreadId).Select(facts.Locks.Overlap).DefaultIfEmpty().Max();
        var time = longest > 0 ? $" for {Readable.Seconds(longest)}" : "";
        return $"{kind}{where} is held by {facts.Name(held.OwnerThreadId)}{time}{Doing(facts, held.OwnerThreadId)}{waiters}";
    }

    // What the owner of a lock does: the call that it waits in, or its own statement.
    private static string Doing(StallFacts facts, int threadId)
    {
        var (activity, text) = facts.Stacks.Activity(threadId);
        return activity is not (StackActivity.Other or StackActivity.Idle) && text.Length > 0 ? $" in {text}"
            : facts.Stacks.Statement(threadId) is { } at ? $" in {Method(at)}" : "";
    }

    private static string OfDeadlock(StallFacts facts)
    {
        var cycle = facts.Locks.Cycle(facts.ThreadId);
        return cycle.Count == 0 ? "a deadlock" : $"a deadlock of {string.Join(" and ", cycle.Select(facts.Name))}: each waits for a lock of the next";
    }

    private static string OfPool(StallFacts facts)
    {
        var load = facts.Load;
        var queue = load.Pending > 0 ? $"{Readable.Count(load.Pending, "work item")} waited up to {Readable.Seconds(load.PoolDelay)} for a thread of the pool" : $"work waited up to {Readable.Seconds(load.PoolDelay)} for a thread of the pool";
        return PoolRules.Blocking(facts) is var (_, text, count) ? $"{Readable.Count(count, "thread")} of the pool wait in {text}, and {queue}" : queue;
    }

    private static string OfWait(StallFacts facts, string thread, string method)
    {
        var (activity, text) = facts.Stacks.Activity(facts.ThreadId);
        return activity switch
        {
            StackActivity.Sleep => $"{thread} sleeps{method}, in {text}",
            StackActivity.Process or StackActivity.Task or StackActivity.Signal => $"{thread} waits{method}, in {text}",
            _ => $"{thread} waits{method}, and not for a lock that is known",
        };
    }

    private static string Spinners(StallFacts facts) => facts.Stacks.Count(StackActivity.Spin) is > 1 and var count ? $"{count} threads spin" : "threads spin";

    private static string Unknown(StallVerdict verdict) =>
        verdict.Contributions is [var first, ..] ? $"the evidence does not decide; {first.Cause} took {Readable.Share(first.Share)}" : "the evidence does not decide";

    private static string StoodStill(StalledActivity activity, double duration)
    {
        var doing = activity.Label.Length > 0 ? $" in {activity.Label}" : "";
        var time = Readable.Seconds(Math.Max(duration, activity.Silence.TotalSeconds));
        return activity.Kind switch
        {
            StalledActivityKind.ThreadPool => $"the thread pool began no work for {time}",
            StalledActivityKind.Process => $"the whole process stood still for {time}",
            _ => $"'{activity.Name}' stood still{doing} for {time}",
        };
    }

    private static string At(string place) => place.Length > 0 ? $" in {place}" : "";

    /// <summary>Type and method without namespaces.</summary>
    private static string Method(ThreadStackFrame frame)
    {
        var name = frame.Method;
        var depth = 0;
        var dots = 0;
        var end = name.IndexOf('(', StringComparison.Ordinal) is >= 0 and var open ? open : name.Length;
        for (var i = end - 1; i >= 0; i--)
        {
            depth += name[i] switch { '>' or ']' => 1, '<' or '[' => -1, _ => 0 };
            if (name[i] == '.' && depth == 0 && i > 0 && name[i - 1] != '.' && ++dots == 2)
            {
                return name[(i + 1)..end];
            }
        }

        return name[..end];
    }
}
