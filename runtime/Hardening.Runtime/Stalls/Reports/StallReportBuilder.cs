using Hardening.Stalls.Classification;
using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Reports;

/// <summary>Makes a report of a window and its verdict: finds locks, culprit, headline and advice. Pure.</summary>
internal static partial class StallReportBuilder
{
    public static StallReport Build(string id, DateTimeOffset startedAt, StallWindow window, StallVerdict verdict, StallSubject subject, IEnumerable<string> missing)
    {
        var facts = StallFacts.Of(window);
        var locks = FindLocks(facts, verdict);
        var culprit = FindCulprit(facts, verdict, locks);
        var stacks = GroupStacks(window.Stacks);
        return new StallReport
        {
            Id = id,
            StartedAt = startedAt,
            Duration = TimeSpan.FromMicroseconds(window.StallDuration / 1000d),
            HasEnded = window.Activity.HasEnded,
            Headline = Headline(facts, verdict, locks, culprit),
            Activities = [window.Activity, .. window.Others],
            Verdict = verdict,
            Culprit = culprit,
            Threads = FindThreads(facts, locks),
            Locks = locks,
            Stacks = stacks,
            Documents = FindDocuments(window.Stacks, culprit, locks, stacks),
            Missing = [.. missing],
            Advice = Advice(facts, verdict, locks),
            Subject = subject,
        };
    }

    private static StallLock? LockOf(StallFacts facts, IReadOnlyList<StallLock> locks, StallCause cause) => cause switch
    {
        StallCause.LockContention => locks.FirstOrDefault(held => held.Kind != NativeKind && held.WaiterThreadIds.Contains(facts.ThreadId)) ?? locks.FirstOrDefault(held => held.Kind != NativeKind),
        StallCause.NativeLockContention => locks.FirstOrDefault(held => held.Kind == NativeKind && held.WaiterThreadIds.Contains(facts.ThreadId)) ?? locks.FirstOrDefault(held => held.Kind == NativeKind),
        _ => null,
    };

    private static ThreadStackFrame? FindCulprit(StallFacts facts, StallVerdict verdict, IReadOnlyList<StallLock> locks)
    {
        var own = facts.Stacks.Statement(facts.ThreadId);
        return verdict.Cause switch
        {
            // Its own statement where it stands at the lock; others of the crowd may take the same lock elsewhere.
            StallCause.LockContention or StallCause.NativeLockContention => IsAtLock(facts, verdict) && own is not null ? own : LockOf(facts, locks, verdict.Cause)?.WaitersAt,
            StallCause.ThreadPoolStarvation => PoolRules.Blocking(facts)?.Statement ?? own,
            StallCause.Deadlock or StallCause.BusyActivity or StallCause.BlockedActivity or StallCause.BlockedIO or StallCause.BlockedSystemCall => own,
            StallCause.SpinStorm => Most(facts, StackActivity.Spin) ?? own,
            StallCause.Oversubscription or StallCause.KernelStorm or StallCause.MemoryStorm => Most(facts, StackActivity.Other),
            StallCause.ChildStorm => Most(facts, StackActivity.Process),
            _ => null,
        };
    }

    // A stack that was taken late shows where the thread has gone on to.
    private static bool IsAtLock(StallFacts facts, StallVerdict verdict) => facts.Stacks.Activity(facts.ThreadId).Activity switch
    {
        StackActivity.Lock or StackActivity.Semaphore => true,
        StackActivity.Other => verdict.Cause == StallCause.NativeLockContention, // native frames are not in the stack
        StackActivity.Signal => facts.Stacks.AtSameStatement(facts.ThreadId).Count >= LockRules.Convoy,
        _ => false,
    };

    /// <summary>The statement at which most threads are that do something; one thread is no crowd.</summary>
    private static ThreadStackFrame? Most(StallFacts facts, StackActivity activity) =>
        StackFacts.MostCommon(facts.Stacks.ThreadIds.Where(id => facts.Stacks.Activity(id).Activity == activity).Select(facts.Stacks.Statement)) is (var frame, > 1) ? frame : null;
}
