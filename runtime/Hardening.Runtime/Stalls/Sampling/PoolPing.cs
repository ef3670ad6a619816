namespace Hardening.Stalls.Sampling;

/// <summary>
/// Work that is queued to the thread pool to see how long it waits there. Made once and queued again and again, one at a time. To queue it may make a thread, so the sampler's own thread must not.
/// </summary>
internal sealed class PoolPing(TimeProvider time) : IThreadPoolWorkItem
{
    private long _queuedAt; // 0: none is under way
    private long _worst;

    /// <summary>Whether one waits in the queue.</summary>
    public bool IsUnderWay => Volatile.Read(ref _queuedAt) != 0;

    /// <summary>Queues one, unless one is under way. To be called by one thread at a time.</summary>
    public void Ping()
    {
        if (!IsUnderWay)
        {
            Volatile.Write(ref _queuedAt, time.Nanoseconds);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>ns that a ping took at worst since this was last asked: the one that is under way counts with its age.</summary>
    public long TakeDelay()
    {
        // In this order: a ping that ends in between is then counted twice rather than not at all.
        var queuedAt = Volatile.Read(ref _queuedAt);
        var age = queuedAt != 0 ? time.Nanoseconds - queuedAt : 0;
        return Math.Max(age, Interlocked.Exchange(ref _worst, 0));
    }

    void IThreadPoolWorkItem.Execute()
    {
        var delay = time.Nanoseconds - _queuedAt;
        Worst.Note(ref _worst, delay);
        Volatile.Write(ref _queuedAt, 0);
    }
}
