using Hardening.Stalls.Classification;

namespace Hardening.Stalls.Reports;

internal static partial class StallReportBuilder
{
    private const string Pool = "Hardening.Pool.ProcessPool";
    private const string Child = "Hardening.Processes.SupervisedProcess";
    private const string Pipeline = "Hardening.Camera.FramePipeline";

    private static readonly StallAdvice s_noSpin = new("Wait for a signal with a limit; a loop that looks again and again takes the processors of those whom it waits for.", "HRD1014");
    private static readonly StallAdvice s_fewer = new("Let a bounded number of threads, about as many as there are processors, take the work from a bounded queue.", "HRD2001", Pipeline);
    private static readonly StallAdvice s_boundedChildren = new("Start a bounded number of processes, and use them again.", "HRD3007", Pool);

    private static StallAdvice[] Advice(StallFacts facts, StallVerdict verdict, IReadOnlyList<StallLock> locks)
    {
        var main = Advice(verdict.Cause, facts, LockOf(facts, locks, verdict.Cause));
        var others = verdict.Contributions.SelectMany(other => Advice(other.Cause, facts, null)).Take(3);
        return [.. main.Concat(others).Distinct()];
    }

    private static IEnumerable<StallAdvice> Advice(StallCause cause, StallFacts facts, StallLock? held) => cause switch
    {
        StallCause.LockContention => OfOwner(facts, held),
        StallCause.NativeLockContention =>
        [
            new("Limit how many threads call this library at once, and turn its own threads off; or run it in processes of its own.", "HRD4003", Pool),
        ],
        StallCause.Deadlock => [new("Take the locks in one order everywhere, or one lock for both.", "HRD1008"), new("Call no unknown code while a lock is held: it may take another.", "HRD1005")],
        StallCause.SpinStorm => [s_noSpin],
        StallCause.MemoryStorm =>
        [
            new("Take large buffers from a pool, touched once, rather than map and unmap them: all threads of a process wait for its one memory map.", "HRD4009"),
            new("Run what must allocate so much in processes of its own: each has a memory map of its own.", null, Pool),
        ],
        StallCause.KernelStorm => [s_noSpin with { Text = "See what the threads call in the kernel: thousands of tiny waits, wakes or reads a second are better one large one." }, s_fewer],
        StallCause.GarbageCollection =>
        [
            new("Allocate less, above all arrays of 85,000 bytes and more: take them from a pool.", "HRD4009"),
            new("Do not call GC.Collect, and keep concurrent collection on (System.GC.Concurrent)."),
        ],
        StallCause.GarbageCollectionSuspension => [new("Find the native call that is marked SuppressGCTransition, or the loop in native code that never looks up: such calls must take less than a microsecond.")],
        StallCause.ThreadPoolStarvation => OfPoolThreads(facts),
        StallCause.ForeignLoad => [new("Move the other load away, or give this process a larger weight or processors of its own (cpu.weight, cpuset). A restart does not help.")],
        StallCause.Throttling => [new("Raise the limit of the control group (cpu.max, limits.cpu), or use fewer threads than it allows. A restart does not help.")],
        StallCause.Oversubscription => [s_fewer, new("Do not start a task per item without a limit.", "HRD2002"), new("Where OpenCV works on several threads at once, turn its own threads off.", "HRD4003")],
        StallCause.BlockedIO => [new("Look at the device or the file system (a frozen, full or remote one); write from a thread that nobody waits for, through a bounded queue.", "HRD2004", Pipeline)],
        StallCause.BlockedSystemCall =>
        [
            new("Give the call a time limit, and do it on a thread that nobody waits for.", "HRD2008"),
            new("Read what a child writes while it runs: a full pipe stops the one that writes to it.", "HRD3006", Child),
        ],
        StallCause.ProcessStopped => [new("Find who sent SIGSTOP, or paused the machine: a debugger, a container runtime, a snapshot. A restart does not help.")],
        StallCause.ChildStorm => [s_boundedChildren, new("Keep children in a group of their own with a limit for processor time.", "HRD3013", Child)],
        StallCause.BusyActivity => [new("Let another thread do the work, in parts, and beat between the parts; or give this activity a longer limit (Heartbeat.Enter).", "HRD4001", Pipeline)],
        StallCause.BlockedActivity => OfOwnWait(facts),
        _ => [new("Reference Hardening.Runtime.Witness: with the threads' stacks most stalls have a name.", null, "Hardening.Stalls.IThreadStackSource")],
    };

    private static IEnumerable<StallAdvice> OfOwner(StallFacts facts, StallLock? held)
    {
        var owner = held?.OwnerThreadId ?? 0;
        var (activity, text) = facts.Stacks.Activity(owner);
        switch (activity)
        {
            case StackActivity.Process:
                yield return new StallAdvice($"Do not wait in {text} while the lock is held.", "HRD1003", Child);
                yield return new StallAdvice("Give the wait for a process a limit, and end what does not end in time.", "HRD3004", Child);
                break;
            case StackActivity.Sleep or StackActivity.Task or StackActivity.Signal or StackActivity.InputOutput or StackActivity.Semaphore:
                yield return new StallAdvice($"Do not wait in {text} while the lock is held: take what is needed, let go, then wait.", "HRD1003");
                break;
            default:
                var blocked = owner > 0 && facts.TimeOf(owner) is { Seen: > 0 } time && time.Blocked > time.Running + time.Waiting;
                yield return blocked
                    ? new StallAdvice("Do not block while the lock is held.", "HRD1003")
                    : new StallAdvice("Do the heavy work outside of the lock: copy under it, work without it.", "HRD1004");
                break;
        }

        yield return new StallAdvice("Guard the state of one object with its own lock, not all objects with one.", "HRD1007");
    }

    private static IEnumerable<StallAdvice> OfPoolThreads(StallFacts facts)
    {
        if (PoolRules.Blocking(facts) is not var (statement, text, _))
        {
            yield return new StallAdvice("Do not block a thread of the pool: await the task.", "HRD2007");
            yield return new StallAdvice("Wait without a thread of the pool, or on one of your own.", "HRD2008");
        }
        else if (text is "Task.Wait" or "GetAwaiter().GetResult()")
        {
            yield return new StallAdvice($"Await the task at {StackFacts.Place(statement)} instead of blocking on it.", "HRD2007");
        }
        else
        {
            yield return new StallAdvice($"Use the asynchronous twin of {text} at {StackFacts.Place(statement)}, or a thread of your own.", "HRD2008");
        }

        yield return new StallAdvice("More threads (SetMinThreads) only put it off.", "HRD2006");
    }

    private static IEnumerable<StallAdvice> OfOwnWait(StallFacts facts)
    {
        var activity = facts.Stacks.Activity(facts.ThreadId).Activity;
        if (activity == StackActivity.Process)
        {
            yield return new StallAdvice("Give the wait for a process a limit, and end what does not end in time.", "HRD3004", Child);
        }
        else if (activity == StackActivity.Task)
        {
            yield return new StallAdvice("Do not block on a task that may still run.", "HRD2007");
        }
        else
        {
            yield return new StallAdvice("Give the wait a limit, or pause the heartbeat (Heartbeat.Pause) where it may wait for as long as it likes.", "HRD2008");
        }
    }
}
