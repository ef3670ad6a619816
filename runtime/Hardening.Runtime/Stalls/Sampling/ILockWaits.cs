namespace Hardening.Stalls.Sampling;

/// <summary>Remembers who waited for which lock of .NET. Asked by the analysing thread, which may allocate.</summary>
internal interface ILockWaits
{
    /// <summary>The waits that were under way at a time or began after it: those that are under way still first. Bounded.</summary>
    IReadOnlyList<LockWait> Since(long time);

    /// <summary>Why waits are not known, or not all; null when they are.</summary>
    string? Missing { get; }
}

/// <summary>Finds the owner of a native lock.</summary>
internal interface IFutexOwners
{
    /// <returns>The system's number of the thread that holds the lock with a futex at this address; 0 when it does not tell.</returns>
    int Find(ulong address);
}
