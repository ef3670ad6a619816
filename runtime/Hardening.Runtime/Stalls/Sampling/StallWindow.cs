using System.Text.Json.Serialization;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// All that was measured around a stall: what <see cref="Classification.CauseClassifier"/> decides by, and what a report keeps, so that a decision can be made again.
/// </summary>
internal sealed record StallWindow
{
    /// <summary>How many processors the process may use.</summary>
    public required int Processors { get; init; }

    /// <summary>The activity that stands still.</summary>
    public required StalledActivity Activity { get; init; }

    /// <summary>When it last moved: ns of the clock of <see cref="Sample.Time"/>.</summary>
    public required long StallStart { get; init; }

    /// <summary>When it moved again, or until when it was seen not to.</summary>
    public required long StallEnd { get; init; }

    /// <summary>The other activities that were silent at the same time.</summary>
    public IReadOnlyList<StalledActivity> Others { get; init; } = [];

    /// <summary>How many activities were watched in all, those that stand still included.</summary>
    public int Activities { get; init; }

    /// <summary>The samples, the oldest first: from before the stall to its end.</summary>
    public required IReadOnlyList<WindowSample> Samples { get; init; }

    /// <summary>What <see cref="ThreadSample.WaitChannel"/> means, from 1.</summary>
    public IReadOnlyList<string> WaitChannels { get; init; } = [];

    /// <summary>Names of threads.</summary>
    public IReadOnlyDictionary<int, string> ThreadNames { get; init; } = new Dictionary<int, string>();

    /// <summary>Waits for locks of .NET that were under way in the stall, or are.</summary>
    public IReadOnlyList<LockWait> LockWaits { get; init; } = [];

    /// <summary>Where locks of .NET are taken, by <see cref="LockWait.LockId"/>: known from earlier stacks, for these can't be taken at every stall.</summary>
    public IReadOnlyDictionary<ulong, ThreadStackFrame> LockPlaces { get; init; } = new Dictionary<ulong, ThreadStackFrame>();

    /// <summary>Owners of native locks that were found, by the address of their futex.</summary>
    public IReadOnlyDictionary<ulong, int> FutexOwners { get; init; } = new Dictionary<ulong, int>();

    /// <summary>What the threads were doing.</summary>
    public ThreadStackCapture? Stacks { get; init; }

    [JsonIgnore]
    public long StallDuration => StallEnd - StallStart;

    /// <summary>The thread that took the samples, where it is of this process; 0 when unknown.</summary>
    [JsonIgnore]
    public int WatchdogThreadId => ThreadNames.FirstOrDefault(name => name.Value is { } text && text.StartsWith("stall-watchdog", StringComparison.Ordinal)).Key;
}

/// <summary>A sample with its rows.</summary>
internal sealed record WindowSample(Sample Sample, IReadOnlyList<ThreadSample> Threads);

/// <summary>A wait for a lock of .NET.</summary>
/// <param name="LockId">The runtime's own number of the lock.</param>
/// <param name="ObjectId">Where its object was when the wait began.</param>
/// <param name="OwnerThreadId">The system's number of the thread that held it when the wait began; 0 when unknown.</param>
/// <param name="WaiterThreadId">The thread that waited.</param>
/// <param name="Start">When: ns of the clock of <see cref="Sample.Time"/>.</param>
/// <param name="End">When it was over; 0 while it is under way.</param>
internal readonly record struct LockWait(ulong LockId, ulong ObjectId, int OwnerThreadId, int WaiterThreadId, long Start, long End);
