using Hardening.Stalls;

namespace Hardening.Cli.Watching;

/// <summary>How a thread stands still, as it is seen from outside.</summary>
internal enum Stillness
{
    None,

    /// <summary>The process is stopped by a signal or held by a tracer.</summary>
    Stopped,

    /// <summary>It is ready, and gets no processor.</summary>
    Starved,

    /// <summary>It is in uninterruptible sleep.</summary>
    Device,

    /// <summary>It waits in a system call that is made to get something done, such as a write.</summary>
    Call,

    /// <summary>It waits at a futex.</summary>
    Futex,
}

/// <summary>Threads that stand still together, for one reason. Times are ns of the samples' clock.</summary>
internal sealed class OutsideStall(int number, Stillness kind, ulong key, long start, long detected)
{
    public int Number => number;

    public Stillness Kind => kind;

    /// <summary>The address of the lock, or the number of the system call; 0 for the other kinds.</summary>
    public ulong Key => key;

    public long Start { get; private set; } = start;

    /// <summary>Until when it was seen.</summary>
    public long End { get; private set; } = detected;

    public long Detected { get; } = detected;

    public bool HasEnded { get; private set; }

    /// <summary>Since when each of its threads stands still.</summary>
    public Dictionary<int, long> Threads { get; } = [];

    /// <summary>Owners of native locks, as they were found.</summary>
    public Dictionary<ulong, int> Owners { get; } = [];

    /// <summary>When it began; set once, for reports are known by it.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    public ThreadStackCapture? Stacks { get; set; }

    /// <summary>Made when it is noticed, and again when it is over.</summary>
    public StallReport? Report { get; set; }

    public void Note(int thread, long since, long now)
    {
        Threads.TryAdd(thread, since);
        Start = Math.Min(Start, since);
        End = Math.Max(End, now);
    }

    public void Extend(long now) => End = Math.Max(End, now);

    /// <summary>Stacks are large, and there may be many stalls.</summary>
    public void Forget() => (Stacks, Report) = (null, Report is null ? null : Report with { Stacks = [] });

    public void Close(long at) => (HasEnded, End) = (true, Math.Max(Start, at));
}
