namespace Hardening.Stalls;

/// <summary>Why an activity stood still. How each is told from its look-alikes: docs/runtime/stalls.md.</summary>
public enum StallCause
{
    /// <summary>The evidence does not decide; the report says what it is.</summary>
    Unknown,

    /// <summary>It waited for a lock of .NET (<c>lock</c>, <see cref="Lock"/>) that others held, or for a semaphore that many wait for.</summary>
    LockContention,

    /// <summary>Many threads waited for one lock of native code: a futex.</summary>
    NativeLockContention,

    /// <summary>Threads wait for each other's locks, for ever.</summary>
    Deadlock,

    /// <summary>Threads spun, yielded or slept for moments instead of waiting.</summary>
    SpinStorm,

    /// <summary>The process's own threads were in the kernel for its memory: page faults, mapping, unmapping.</summary>
    MemoryStorm,

    /// <summary>The process's own threads were in the kernel for anything else: futexes, yielding, reading.</summary>
    KernelStorm,

    /// <summary>A garbage collection had stopped all threads, and collected.</summary>
    GarbageCollection,

    /// <summary>A garbage collection waited for a thread that did not stop.</summary>
    GarbageCollectionSuspension,

    /// <summary>The thread pool's threads were all blocked or busy, and work waited in its queue.</summary>
    ThreadPoolStarvation,

    /// <summary>Other processes of the host took the processors.</summary>
    ForeignLoad,

    /// <summary>The process's control group had used up its share of processor time.</summary>
    Throttling,

    /// <summary>The process itself has many more threads that want to run than there are processors.</summary>
    Oversubscription,

    /// <summary>It waited for a device: uninterruptible sleep.</summary>
    BlockedIO,

    /// <summary>It waited in a system call: a full pipe, a socket, another process.</summary>
    BlockedSystemCall,

    /// <summary>The process was stopped (SIGSTOP), or its machine was.</summary>
    ProcessStopped,

    /// <summary>The process's own children took the processors.</summary>
    ChildStorm,

    /// <summary>It was at work for longer than it may.</summary>
    BusyActivity,

    /// <summary>It slept or waited, by its own code: the stack says where.</summary>
    BlockedActivity,
}
