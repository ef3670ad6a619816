namespace Hardening.Stalls.Sampling;

// What is measured in one interval, from the sample before to this one. Every number is the growth in that interval, unless it is said to be a state. Plain values, so that a ring of them is one
// block of memory that is touched once; with properties, so that they are written to reports as they are. 0 is left out there.

/// <summary>One thread in one interval. Threads that neither ran nor waited have no row, unless everything is looked at (<see cref="Sample.IsDeep"/>).</summary>
internal record struct ThreadSample
{
    public int ThreadId { get; set; }

    /// <summary>State: the letter of proc(5): R, S, D, T, Z, I; 0 when it was not read.</summary>
    public char State { get; set; }

    /// <summary>ns on a processor.</summary>
    public long RunTime { get; set; }

    /// <summary>ns ready, and no processor free.</summary>
    public long RunDelay { get; set; }

    /// <summary>How often it was given a processor.</summary>
    public long Slices { get; set; }

    /// <summary>Clock ticks (1/100 s) in user mode. Read for threads that moved.</summary>
    public int UserTicks { get; set; }

    /// <summary>Clock ticks in the kernel.</summary>
    public int SystemTicks { get; set; }

    /// <summary>Page faults that needed no device.</summary>
    public long MinorFaults { get; set; }

    /// <summary>State, deep only: what it waits for in the kernel, a position in <see cref="StallWindow.WaitChannels"/>, from 1; 0: nothing, or not read.</summary>
    public int WaitChannel { get; set; }

    /// <summary>State, deep only: the number of the system call that it is in, plus 1; 0: none, or not read.</summary>
    public int SystemCall { get; set; }

    /// <summary>State, deep only: the first argument of that call: of a futex call its address.</summary>
    public ulong Argument { get; set; }

    /// <summary>Deep only: context switches that it asked for, since the last deep sample.</summary>
    public long VoluntarySwitches { get; set; }

    /// <summary>Deep only: context switches that it did not ask for, or yields.</summary>
    public long InvoluntarySwitches { get; set; }
}

/// <summary>The process in one interval.</summary>
internal record struct ProcessSample
{
    public long UserTicks { get; set; }

    public long SystemTicks { get; set; }

    public long MinorFaults { get; set; }

    public long MajorFaults { get; set; }

    /// <summary>State.</summary>
    public int Threads { get; set; }

    /// <summary>State: threads that run or could.</summary>
    public int Runnable { get; set; }

    /// <summary>State: threads in uninterruptible sleep.</summary>
    public int Uninterruptible { get; set; }

    /// <summary>Clock ticks of children that have ended and been waited for.</summary>
    public long EndedChildrenTicks { get; set; }

    /// <summary>State: live descendants, as far as they were found.</summary>
    public int Children { get; set; }

    /// <summary>State: those of them that run or could.</summary>
    public int RunnableChildren { get; set; }

    /// <summary>Clock ticks of live descendants; of one that is seen for the first time and young, all that it ever used.</summary>
    public long ChildrenTicks { get; set; }

    /// <summary>Descendants that were seen for the first time, and were young.</summary>
    public int FoundChildren { get; set; }

    /// <summary>ns that they had lived unseen, all together: to find them takes the time of a thread that may not get any.</summary>
    public long FoundChildrenAge { get; set; }

    /// <summary>ns that threads of the process were ready and had no processor, all together.</summary>
    public long RunDelay { get; set; }

    /// <summary>State: threads or rows that did not fit.</summary>
    public int Omitted { get; set; }
}

/// <summary>The host in one interval.</summary>
internal record struct HostSample
{
    public long UserTicks { get; set; }

    public long SystemTicks { get; set; }

    public long IdleTicks { get; set; }

    public long IoWaitTicks { get; set; }

    public long StealTicks { get; set; }

    /// <summary>State: runnable threads of the whole host.</summary>
    public int Runnable { get; set; }

    /// <summary>State: threads of the whole host that wait for a device.</summary>
    public int Blocked { get; set; }

    public long ContextSwitches { get; set; }

    /// <summary>Processes and threads that were made.</summary>
    public long Forks { get; set; }

    /// <summary>µs in which some task waited for a processor (PSI).</summary>
    public long ProcessorPressure { get; set; }

    /// <inheritdoc cref="ProcessorPressure"/>
    public long MemoryPressure { get; set; }

    /// <inheritdoc cref="ProcessorPressure"/>
    public long IoPressure { get; set; }

    /// <summary>ns that the process's control group was held back.</summary>
    public long Throttled { get; set; }

    /// <summary>ns that the machine was suspended.</summary>
    public long Suspended { get; set; }
}

/// <summary>.NET's runtime in one interval.</summary>
internal record struct RuntimeSample
{
    /// <summary>ns of pauses for garbage collection, with the time to stop the threads.</summary>
    public long GcPause { get; set; }

    /// <summary>Part of it: ns to stop the threads, as far as it is known.</summary>
    public long GcSuspension { get; set; }

    public int Gen0 { get; set; }

    public int Gen1 { get; set; }

    public int Gen2 { get; set; }

    /// <summary>Waits for locks of .NET that began.</summary>
    public long Contentions { get; set; }

    /// <summary>State: work in the thread pool's queues.</summary>
    public long PendingWorkItems { get; set; }

    /// <summary>State.</summary>
    public int PoolThreads { get; set; }

    public long CompletedWorkItems { get; set; }

    /// <summary>State: ns that the thread pool takes, or has not taken yet, to run what is queued now.</summary>
    public long PoolDelay { get; set; }

    /// <summary>ns that a thread which sleeps 100 ms woke too late, at worst.</summary>
    public long CanaryDelay { get; set; }

    /// <summary>How often the process was told to go on (SIGCONT).</summary>
    public int Continued { get; set; }
}

/// <summary>One sample.</summary>
internal record struct Sample
{
    /// <summary>When it was taken: ns of the monotonic clock.</summary>
    public long Time { get; set; }

    /// <summary>ns since the sample before.</summary>
    public long Interval { get; set; }

    /// <summary>ns that taking it took: a long time means that a stall hit the sampler itself.</summary>
    public long Cost { get; set; }

    /// <summary>Everything was looked at, each thread has a row.</summary>
    public bool IsDeep { get; set; }

    public ProcessSample Process { get; set; }

    public HostSample Host { get; set; }

    public RuntimeSample Runtime { get; set; }
}
