namespace Hardening.Pool;

/// <summary>There was no room for a job in the queue of the pool: it was never begun.</summary>
/// <remarks>Try again later, or turn the caller away. If it happens often, send fewer or raise <see cref="ProcessPoolOptions.Workers"/>; a longer queue only makes all answers later. With <see cref="PoolFullMode.Wait"/> the caller waits in place of this.</remarks>
public sealed class PoolFullException : InvalidOperationException
{
    /// <summary>Says how long the queue is.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="capacity">The jobs that may wait.</param>
    /// <param name="isDropped">Whether the job had been accepted and made room for a newer one.</param>
    public PoolFullException(string pool, int capacity, bool isDropped)
        : base((isDropped
            ? $"The job made room for a newer one: {capacity:N0} jobs were waiting in pool '{pool}', its QueueCapacity, and WhenFull is DropOldest."
            : $"The job was not accepted: {capacity:N0} jobs are waiting in pool '{pool}', its QueueCapacity, and WhenFull is Reject.")
            + " Send fewer, or give the pool more Workers.") =>
        (PoolName, Capacity, IsDropped) = (pool, capacity, isDropped);

    /// <summary>Says how long the queue of a pool over a broker is.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="capacity">The jobs that may wait.</param>
    /// <param name="capacityBytes">The bytes that they may have together. The broker does not say which of the two was reached.</param>
    public PoolFullException(string pool, int capacity, long capacityBytes)
        : base($"The job was not accepted: the broker's queue of pool '{pool}' is full, which has {capacity:N0} jobs (QueueCapacity) or {capacityBytes:N0} bytes of them (QueueCapacityBytes), and WhenFull is Reject. Send fewer, or have more hosts.") =>
        (PoolName, Capacity, CapacityBytes) = (pool, capacity, capacityBytes);

    /// <summary>The name of the pool.</summary>
    public string PoolName { get; }

    /// <summary>How many jobs may wait.</summary>
    public int Capacity { get; }

    /// <summary>How many bytes they may have together; null where only their number is limited.</summary>
    public long? CapacityBytes { get; }

    /// <summary>Whether the job had been accepted and made room for a newer one.</summary>
    public bool IsDropped { get; }
}
