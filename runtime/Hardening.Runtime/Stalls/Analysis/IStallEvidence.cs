using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Analysis;

/// <summary>What the analyst can ask about the time of a stall. Asked by its thread alone; may take its time, within limits.</summary>
internal interface IStallEvidence
{
    /// <summary>The samples between two times: ns of the clock of <see cref="Sample.Time"/>.</summary>
    IReadOnlyList<WindowSample> Samples(long from, long to);

    /// <summary>Waits, for a moment, until all that belongs to a stall that is over was measured: what the runtime tells of a pause comes after it.</summary>
    void Settle(CancellationToken cancellationToken);

    IReadOnlyList<string> WaitChannels { get; }

    IReadOnlyDictionary<int, string> ThreadNames { get; }

    IReadOnlyList<LockWait> LockWaits(long since);

    /// <summary>The thread that holds a native lock; 0 when it does not tell.</summary>
    int FutexOwner(ulong address);

    /// <summary>What can't be measured here, and why.</summary>
    IReadOnlyList<string> Missing { get; }
}
