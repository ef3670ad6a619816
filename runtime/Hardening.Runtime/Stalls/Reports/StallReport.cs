namespace Hardening.Stalls;

/// <summary>What there is to say about a stall. Written as <c>*.hardening.json</c> with the samples around it (docs/runtime/stall-report.md), and as Markdown for people.</summary>
public sealed record StallReport
{
    /// <summary>Distinguishes the reports of a process; sorts by time. The files bear it as their name.</summary>
    public required string Id { get; init; }

    /// <summary>When the activity last moved.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long the stall lasted, or lasts.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long the first activity had been silent when that was noticed.</summary>
    public TimeSpan DetectedAfter { get; init; }

    /// <summary>Whether everything moves again. A report is given when a stall is detected, and again when it is over.</summary>
    public required bool HasEnded { get; init; }

    /// <summary>What, where and why, in one line: the source line first, where it is known.</summary>
    public required string Headline { get; init; }

    /// <summary>The activities that stood still: the one that the verdict is of, then the others, the first to stall first.</summary>
    public required IReadOnlyList<StalledActivity> Activities { get; init; }

    /// <summary>Why the first of them did, and what others stood still for beside it.</summary>
    public required StallVerdict Verdict { get; init; }

    /// <summary>The statement that the stall is put down to: the lock that was waited for, the call that blocks the thread pool, the activity's own; null when none is known.</summary>
    public ThreadStackFrame? Culprit { get; init; }

    /// <summary>The threads that used or lacked processors most, and those that stood still.</summary>
    public required IReadOnlyList<ThreadUsage> Threads { get; init; }

    /// <summary>The locks that were waited for, those with most waiters first.</summary>
    public required IReadOnlyList<StallLock> Locks { get; init; }

    /// <summary>What the threads were doing, threads with equal stacks together.</summary>
    public required IReadOnlyList<StackGroup> Stacks { get; init; }

    /// <summary>The source files that the report names, as they were compiled, where symbols tell.</summary>
    public IReadOnlyList<SourceDocument> Documents { get => field ?? []; init; } = []; // null when an older report is read

    /// <summary>What the report lacks and why; what to do to have it.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>What to do.</summary>
    public required IReadOnlyList<StallAdvice> Advice { get; init; }

    /// <summary>The process that the report is about.</summary>
    public required StallSubject Subject { get; init; }
}

/// <summary>What a thread did in the stall.</summary>
public sealed record ThreadUsage
{
    /// <summary>The system's number of it.</summary>
    public required int ThreadId { get; init; }

    /// <summary>Its name; empty when it has gone.</summary>
    public required string Name { get; init; }

    /// <summary>Time in user mode; clock ticks of 10 ms.</summary>
    public TimeSpan User { get; init; }

    /// <summary>Time in the kernel; clock ticks of 10 ms.</summary>
    public TimeSpan System { get; init; }

    /// <summary>Time on a processor.</summary>
    public TimeSpan Running { get; init; }

    /// <summary>Time that it could have run, and no processor was free.</summary>
    public TimeSpan WaitingForProcessor { get; init; }

    /// <summary>What it waited for in the kernel when it was last looked at; empty when it ran.</summary>
    public string WaitChannel { get; init; } = "";
}

/// <summary>A lock that was waited for.</summary>
public sealed record StallLock
{
    /// <summary><c>Monitor</c> for locks of .NET, <c>semaphore</c> for others that stacks show, <c>futex</c> for native ones.</summary>
    public required string Kind { get; init; }

    /// <summary>Where it is, or was.</summary>
    public required ulong Address { get; init; }

    /// <summary>The type of the locked object, where known.</summary>
    public string? Type { get; init; }

    /// <summary>The thread that holds it; 0 when unknown.</summary>
    public int OwnerThreadId { get; init; }

    /// <summary>That thread's name.</summary>
    public string OwnerName { get; init; } = "";

    /// <summary>What the owner was doing: the innermost statement of the application.</summary>
    public ThreadStackFrame? OwnerAt { get; init; }

    /// <summary>How many threads wait.</summary>
    public required int Waiters { get; init; }

    /// <summary>Those that are known.</summary>
    public IReadOnlyList<int> WaiterThreadIds { get; init; } = [];

    /// <summary>Where most of them wait: the statement that takes the lock.</summary>
    public ThreadStackFrame? WaitersAt { get; init; }
}

/// <summary>Threads with the same stack.</summary>
/// <param name="ThreadIds">The threads.</param>
/// <param name="Frames">Their managed frames, the innermost first.</param>
public sealed record StackGroup(IReadOnlyList<int> ThreadIds, IReadOnlyList<ThreadStackFrame> Frames);

/// <summary>Something to do about a stall.</summary>
/// <param name="Text">What, in one sentence.</param>
/// <param name="Rule">The rule that finds such code, such as <c>HRD1003</c>; null when none does.</param>
/// <param name="Type">The type that takes its place, such as <c>Hardening.Pool.ProcessPool</c>; null when none does.</param>
public sealed record StallAdvice(string Text, string? Rule = null, string? Type = null);

/// <summary>The process that a report is about.</summary>
public sealed record StallSubject
{
    /// <summary>Its number.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The name of its program.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its machine.</summary>
    public required string Host { get; init; }

    /// <summary>How many processors it may use.</summary>
    public required int Processors { get; init; }

    /// <summary>The operating system.</summary>
    public required string System { get; init; }

    /// <summary>The version of .NET.</summary>
    public required string Runtime { get; init; }

    /// <summary>The application's own version, with its commit where it has one.</summary>
    public string Version { get; init; } = "";
}
