using Hardening.Processes;

namespace Hardening.Pool.Workers;

/// <content>How workers leave, and who takes their place.</content>
internal sealed partial class WorkerCrew
{
    /// <summary>A worker is ending, or has ended: a spare one takes its place. Does nothing the second time. What is missing then is started by <see cref="Fill"/>, which is the caller's to call: it keeps the supervisor busy.</summary>
    public void NoteLeaving(Worker worker)
    {
        if (TryTakeOut(worker, out var successor))
        {
            _pool.Dispatcher.Leave(worker);
        }

        if (successor is not null)
        {
            _pool.Dispatcher.Join(successor);
        }
    }

    /// <summary>A worker has had its share, and has no job.</summary>
    public void Retire(Worker worker)
    {
        NoteLeaving(worker);
        worker.Ask(WorkerEnd.Recycled);
        Fill();
    }

    /// <param name="worker">It has ended.</param>
    /// <param name="why">By what.</param>
    /// <param name="exit">Null when the system does not let it go.</param>
    /// <param name="ran">How long it was ready.</param>
    public void NoteEnd(Worker worker, WorkerEnd why, ProcessExit? exit, TimeSpan ran)
    {
        switch (why)
        {
            case WorkerEnd.Recycled:
                Interlocked.Increment(ref _recycles);
                _pool.Logger.Recycled(worker.ProcessId, _pool.Name, worker.JobCount);
                break;
            case WorkerEnd.Asked:
                break;
            default:
                Interlocked.Increment(ref _restarts);
                if (why != WorkerEnd.Crashed)
                {
                    Interlocked.Increment(ref _kills);
                }

                _pool.Logger.WorkerEnded(worker.ProcessId, _pool.Name, why, exit?.ExitCode, exit?.Signal, worker.JobCount);
                break;
        }

        if (why == WorkerEnd.Crashed && worker.JobCount == 0 && ran < ShortLife)
        {
            lock (_gate)
            {
                // It came up, and went down again by itself: started again and again without a pause, such a worker takes the machine.
                CountFailureUnderLock(new WorkerStartException($"Worker {worker.ProcessId} of pool '{_pool.Name}' ended {ran.TotalMilliseconds:N0} ms after it was ready, before its first job.", worker.LastOutput()));
            }
        }
    }

    /// <summary>Nothing of the worker is left.</summary>
    public void NoteGone(Worker worker)
    {
        bool isLast;
        lock (_gate)
        {
            _leaving.Remove(worker);
            CopyUnderLock();
            isLast = _isStopping && _all.Length == 0;
        }

        if (isLast)
        {
            _gone.TrySetResult();
        }
    }

    /// <summary>Ends all: those at work too.</summary>
    /// <param name="atOnce">Without their grace period.</param>
    public void Stop(bool atOnce)
    {
        Worker[] workers;
        lock (_gate)
        {
            _isStopping = true;
            workers = _all;
        }

        if (_ready.TrySetException(new PoolUnavailableException(_pool.Name))) // who waits for the start does not wait for ever
        {
            _ = _ready.Task.Exception; // nobody need wait for it
        }

        foreach (var worker in workers)
        {
            if (atOnce || worker.IsStarting)
            {
                worker.End(WorkerEnd.Asked);
            }
            else
            {
                worker.Ask(WorkerEnd.Asked);
            }
        }

        if (workers.Length == 0)
        {
            _gone.TrySetResult();
        }
    }

    private bool TryTakeOut(Worker worker, out Worker? successor)
    {
        successor = null;
        lock (_gate)
        {
            var wasActive = _active.Remove(worker);
            if (!wasActive && !_spares.Remove(worker))
            {
                return false;
            }

            _leaving.Add(worker);
            if (wasActive && !_isStopping && _spares.Count > 0)
            {
                successor = _spares[0];
                _spares.RemoveAt(0);
                _active.Add(successor);
            }

            return wasActive;
        }
    }
}
