namespace Hardening.Pool;

/// <summary>What happens to a job that finds the pool's queue full.</summary>
public enum PoolFullMode
{
    /// <summary>Its caller waits until there is room, or until its token is cancelled: the caller slows down to what the workers manage.</summary>
    Wait,

    /// <summary>It fails at once with <see cref="PoolFullException"/>.</summary>
    Reject,

    /// <summary>It takes the place of the job that has waited longest, which fails with <see cref="PoolFullException"/>: for live data, where the newest counts.</summary>
    DropOldest,
}
