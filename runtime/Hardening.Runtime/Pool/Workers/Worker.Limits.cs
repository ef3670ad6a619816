using Hardening.Pool.Jobs;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Workers;

/// <content>What ends a job, or the worker with it, from outside: limits and cancellation. By the monitor's thread and by those who cancel.</content>
internal sealed partial class Worker
{
    private const long MemoryCheckInterval = 10; // ms

    // A worker that was killed is gone in a moment, unless the kernel holds it: its jobs do not wait for that.
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LockLimit = TimeSpan.FromMilliseconds(100);

    private long _dueAt = long.MaxValue; // when the first job has to be answered, or the end has to have come
    private long _memoryCheckedAt;
    private long _residentBytes;
    private int _end = -1; // why it was ended: a WorkerEnd
    private volatile bool _isLeaving; // it gets no more jobs
    private volatile bool _isKilled;
    private bool _isSending;
    private bool _isCancelled; // the limit is that of a job that was cancelled; under the lock

    /// <summary>When something has to be done here; <see cref="long.MaxValue"/> when there is nothing to wait for.</summary>
    public long DueAt => Volatile.Read(ref _dueAt);

    /// <summary>Looks whether the limit is over.</summary>
    public void Check(long now)
    {
        if (now < DueAt)
        {
            return;
        }

        if (!_sync.TryEnter())
        {
            if (Volatile.Read(ref _isSending))
            {
                End(WorkerEnd.TimedOut); // it does not take its job
            }

            return; // else the lock is free in a moment
        }

        try
        {
            if (now < DueAt)
            {
                return;
            }

            if (_isKilled)
            {
                SetDue(long.MaxValue);
                _channel?.Abort(); // the kernel keeps it: that is no reason to keep its jobs
                return;
            }
        }
        finally
        {
            _sync.Exit();
        }

        End(_isLeaving ? WorkerEnd.Asked : _isCancelled ? WorkerEnd.Cancelled : WorkerEnd.TimedOut);
    }

    /// <summary>The job is not wanted any more, and has ended for its caller.</summary>
    public void Cancel(PoolJob job)
    {
        if (!_sync.TryEnter(LockLimit))
        {
            return; // it is being sent to a worker that does not take it: its limit ends that
        }

        bool isRecalled;
        try
        {
            if (!_jobs.TryPeek(out var first))
            {
                return;
            }

            if (first == job)
            {
                CancelFirst(job);
                return;
            }

            isRecalled = _jobs.Contains(job) && _channel!.TryRecall(job.Position);
            if (isRecalled)
            {
                Remove(job);
                WorkerFrames.TakeBackOutput(job);
                job.ReleaseFrames();
            }
        }
        finally
        {
            _sync.Exit();
        }

        if (isRecalled && _pool.Dispatcher.Forget(this))
        {
            _crew.Retire(this);
        }
    }

    // Under the lock. One that was cancelled on its way to the worker, or while it was not the first one yet, is told of it when it is.
    private void CancelFirst(PoolJob first)
    {
        _isCancelled = true;
        SetDue(Math.Min(_dueAt, _pool.Time.GetTimestamp() + _pool.Ticks(_pool.Options.CancelGracePeriod)));
        _ = _channel!.TrySendAside(MessageKind.Cancel, first.Id);
    }

    /// <summary>Takes back what was sent ahead, where the first job keeps it waiting.</summary>
    /// <returns>Whether there is still something ahead.</returns>
    public bool CheckAhead(long now)
    {
        List<PoolJob>? back = null;
        lock (_sync)
        {
            if (_isClosed || _jobs.Count < 2)
            {
                return false;
            }

            if (_pool.Elapsed(_begunAt, now).TotalSeconds < 5 * AheadTime)
            {
                return true;
            }

            // From the last on, so that those that stay keep their order.
            foreach (var job in _jobs.Skip(1).Reverse())
            {
                if (!_channel!.TryRecall(job.Position))
                {
                    break;
                }

                WorkerFrames.TakeBackOutput(job);
                (back ??= []).Insert(0, job);
            }

            foreach (var job in back ?? [])
            {
                Remove(job);
            }

            _channel!.SetReader(_reader); // answers that the worker has shown and told nobody of: whoever receives may sleep since before there was anything ahead
        }

        if (back is not null)
        {
            GiveBack(back.ToArray(), hasEnded: false);
        }

        return false;
    }

    /// <summary>Ends it where it has too much memory; it is at work.</summary>
    public void CheckMemory(long limit)
    {
        if (DueAt != long.MaxValue && !_isLeaving && ResidentBytes() > limit)
        {
            End(WorkerEnd.OverMemory);
        }
    }

    /// <summary>Ends it at once, for this reason if it is the first.</summary>
    public void End(WorkerEnd why)
    {
        _isLeaving = true;
        _ = Interlocked.CompareExchange(ref _end, (int)why, -1);
        _isKilled = true;
        SetDue(_pool.Time.GetTimestamp() + _pool.Ticks(KillLimit));
        _process?.Tree.Kill();
    }

    /// <summary>Asks it to end: it has no job, and gets none.</summary>
    public void Ask(WorkerEnd why)
    {
        _isLeaving = true;
        lock (_sync)
        {
            if (_isClosed || _channel is null)
            {
                return;
            }

            _ = Interlocked.CompareExchange(ref _end, (int)why, -1);
            SetDue(_pool.Time.GetTimestamp() + _pool.Ticks(_pool.Options.StopGracePeriod));
            _ = _channel.TrySendAside(MessageKind.Stop, 0);
        }
    }

    private void SetDue(long due)
    {
        Volatile.Write(ref _dueAt, due);
        _crew.NoteDue(due);
    }

    private void Remove(PoolJob job)
    {
        for (var i = _jobs.Count; i > 0; i--)
        {
            if (_jobs.Dequeue() is var next && next != job)
            {
                _jobs.Enqueue(next);
            }
        }
    }

    // Between two jobs, and after short ones only now and then: a look costs some 20 µs.
    private bool IsUsedUp()
    {
        if (_jobCount >= _share)
        {
            return true;
        }

        if (_pool.Options.MaxWorkerBytes is not { } limit || Environment.TickCount64 - _memoryCheckedAt < MemoryCheckInterval)
        {
            return false;
        }

        _memoryCheckedAt = Environment.TickCount64;
        return ResidentBytes() > limit;
    }

    private long ResidentBytes() => Volatile.Read(ref _residentBytes) is var before && ProcessMemory.Resident(ProcessId) is { } now ? _residentBytes = now : before;
}
