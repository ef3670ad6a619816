using Hardening.Pool.Workers;

namespace Hardening.Pool.Jobs;

/// <content>Jobs that come back, and jobs that end by other ways than an answer.</content>
internal sealed partial class JobDispatcher
{
    /// <summary>No job is left, and none comes: only after <see cref="Stop"/>.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Jobs that a worker had and has not begun wait again, before all others.</summary>
    /// <param name="worker">Which had them.</param>
    /// <param name="jobs">In their order.</param>
    /// <param name="hasEnded">Whether the worker has: it gets none any more.</param>
    /// <returns>Whether it has no job, and takes none, but has not ended.</returns>
    public bool GiveBack(Worker worker, ReadOnlySpan<PoolJob> jobs, bool hasEnded)
    {
        bool isSpent;
        List<PoolJob>? ended = null, cancelled = null;
        lock (_gate)
        {
            worker.Load.IsFull |= hasEnded;
            isSpent = Unassign(worker, jobs.Length) && !hasEnded;
            for (var i = jobs.Length - 1; i >= 0; i--)
            {
                var job = jobs[i];
                if (job.Phase != JobPhase.Running)
                {
                    (cancelled ??= []).Add(job); // its caller knows: only its frames are still here
                }
                else if (_endsAll && _refusal is { } refusal)
                {
                    SetEnded(job, JobEnd.Rejected, refusal);
                    (ended ??= []).Add(job);
                }
                else if (hasEnded && ++job.Returns > MostReturns)
                {
                    SetEnded(job, JobEnd.Failed, new PoolUnavailableException(pool, MostReturns, new IOException("The job was given to that many workers one after another, and each ended before it had begun it.")));
                    (ended ??= []).Add(job);
                }
                else
                {
                    _running--;
                    job.Phase = JobPhase.Queued;
                    LaneOf(job).AddFirst(job);
                }
            }

            CheckDrained();
        }

        foreach (var job in cancelled ?? [])
        {
            job.ReleaseFrames();
        }

        foreach (var job in ended ?? [])
        {
            Finish(job);
        }

        Match();
        return isSpent;
    }

    /// <summary>A job that had ended was taken back from a worker that had not begun it.</summary>
    /// <returns>Whether the worker has no job, and takes none.</returns>
    public bool Forget(Worker worker)
    {
        bool isSpent;
        lock (_gate)
        {
            isSpent = Unassign(worker, 1);
        }

        Match(); // it may be idle now, and what came in between waits
        return isSpent;
    }

    /// <summary>Ends a job, wherever it is.</summary>
    /// <returns>False when it has ended already.</returns>
    public bool TryEnd(PoolJob job, JobEnd end, Exception failure, out bool wasRunning)
    {
        lock (_gate)
        {
            wasRunning = job.Phase == JobPhase.Running;
            if (job.Phase is JobPhase.Ended or JobPhase.New)
            {
                return false;
            }

            SetEnded(job, end, failure);
            CheckDrained();
        }

        if (wasRunning)
        {
            job.Complete(); // its frames are still its worker's
        }
        else
        {
            Finish(job);
        }

        return true;
    }

    /// <summary>No job is taken from now on, and those that wait end: null takes jobs again.</summary>
    public void Refuse(Exception? why)
    {
        List<PoolJob> ended = [];
        lock (_gate)
        {
            _endsAll = why is not null || (_isStopping && _endsAll);
            _refusal = _isStopping && why is null ? _refusal : why;
            if (why is null)
            {
                return;
            }

            foreach (var lane in (ReadOnlySpan<JobLane>)[_queue, _bulk, _waiting])
            {
                while (lane.TryTake(out var job))
                {
                    job.Phase = JobPhase.New; // no lane has it any more
                    SetEnded(job, JobEnd.Rejected, why);
                    ended.Add(job);
                }
            }

            CheckDrained();
        }

        foreach (var job in ended)
        {
            Finish(job);
        }
    }

    /// <summary>No further job is taken; those that are here are done.</summary>
    public void Stop(Exception refusal)
    {
        lock (_gate)
        {
            _isStopping = true;
            _refusal = refusal;
            CheckDrained();
        }
    }

    private Exception? Refusal(PoolJob job) => _refusal ?? job.Failure; // a job can bring its own, as one in quarantine does

    private void SetEnded(PoolJob job, JobEnd end, Exception failure)
    {
        switch (job.Phase)
        {
            case JobPhase.Running:
                _running--;
                job.NoteStray(); // its worker has it still
                break;
            case JobPhase.Queued:
                LaneOf(job).NoteEnded();
                job.NoteStray(); // its place is still in the lane
                break;
            case JobPhase.Waiting:
                _waiting.NoteEnded();
                job.NoteStray();
                break;
        }

        (job.Phase, job.End, job.Failure) = (JobPhase.Ended, end, failure);
        _ended[(int)end]++;
        Promote();
    }

    private void CheckDrained()
    {
        if (_isStopping && _running + _queue.Count + _bulk.Count + _waiting.Count == 0)
        {
            _drained.TrySetResult();
        }
    }

    private static void Finish(PoolJob job)
    {
        job.ReleaseFrames();
        job.Complete();
    }
}
