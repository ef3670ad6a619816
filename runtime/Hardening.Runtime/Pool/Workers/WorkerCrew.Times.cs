namespace Hardening.Pool.Workers;

/// <content>What has a time, and the monitor that looks after it.</content>
internal sealed partial class WorkerCrew
{
    public void Watch(Worker worker) => _monitor!.Watch(worker);

    public void NoteDue(long due) => _monitor!.NoteDue(due);

    /// <summary>A worker was sent jobs ahead.</summary>
    public void NoteAhead()
    {
        if (Volatile.Read(ref _aheadAt) == long.MaxValue)
        {
            var due = _pool.Time.GetTimestamp() + _pool.Ticks(AheadInterval);
            Volatile.Write(ref _aheadAt, due);
            NoteDue(due);
        }
    }

    public long NextDue()
    {
        var due = Math.Min(Volatile.Read(ref _memoryAt), Volatile.Read(ref _aheadAt));
        lock (_gate)
        {
            due = _notBefore > long.MinValue && MayStart() ? Math.Min(due, _notBefore) : due;
        }

        foreach (var worker in Volatile.Read(ref _all))
        {
            due = Math.Min(due, worker.DueAt);
        }

        return due;
    }

    /// <summary>Looks at everything that has a time; by the monitor.</summary>
    public void Check(long now)
    {
        var workers = Volatile.Read(ref _all);
        var isBusy = false;
        foreach (var worker in workers)
        {
            worker.Check(now);
            isBusy |= worker.DueAt != long.MaxValue;
        }

        if (now >= Volatile.Read(ref _aheadAt))
        {
            Volatile.Write(ref _aheadAt, long.MaxValue); // before the looks: who sends ahead after one of them sets it again
            var hasAhead = false;
            foreach (var worker in workers)
            {
                hasAhead |= worker.CheckAhead(now);
            }

            if (hasAhead)
            {
                Volatile.Write(ref _aheadAt, now + _pool.Ticks(AheadInterval));
            }
        }

        CheckMemory(workers, now, isBusy);
        if (Volatile.Read(ref _notBefore) is var since and > long.MinValue && now >= since)
        {
            Fill();
        }
    }

    private void CheckMemory(Worker[] workers, long now, bool isBusy)
    {
        if (_pool.Options.MaxWorkerBytes is not { } limit)
        {
            return;
        }

        if (now >= Volatile.Read(ref _memoryAt))
        {
            foreach (var worker in workers)
            {
                worker.CheckMemory(limit);
            }
        }

        Volatile.Write(ref _memoryAt, isBusy ? now + _pool.Ticks(MemoryInterval) : long.MaxValue);
    }
}
