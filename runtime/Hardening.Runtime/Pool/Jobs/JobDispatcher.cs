using System.Diagnostics.CodeAnalysis;
using Hardening.Pool.Workers;

namespace Hardening.Pool.Jobs;

/// <summary>
/// Which job goes to which worker, and the count of all of them. A worker is idle only while nothing waits, and nothing waits while a busy worker has room ahead. Its one lock is held for a few steps
/// at a time and never across a wait, a message or the completion of a job.
/// </summary>
internal sealed partial class JobDispatcher(string pool, int capacity, PoolFullMode whenFull, TimeProvider time)
{
    private const int MostWaiting = 10_000;
    private const int MostReturns = 20; // a worker that dies before it has begun is not the job's fault; so many are

    private const int MostLooks = 8; // at busy workers, for the one with the fewest jobs

    private readonly Lock _gate = new();
    private readonly JobLane _queue = new();
    private readonly JobLane _bulk = new();
    private readonly JobLane _waiting = new();
    private readonly List<Worker> _members = [];
    private readonly List<Worker> _idle = []; // the last is the warmest
    private readonly long[] _ended = new long[5];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _refusal;
    private ulong _lastId;
    private long _submitted;
    private int _running;
    private int _looked; // the member that was looked at last
    private bool _isStopping;
    private bool _endsAll; // those that were taken too

    public JobCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return new JobCounts(
                    _submitted, _ended[(int)JobEnd.Succeeded], _ended[(int)JobEnd.Failed], _ended[(int)JobEnd.TimedOut], _ended[(int)JobEnd.Cancelled], _ended[(int)JobEnd.Rejected],
                    _queue.Count + _bulk.Count + _waiting.Count, _running);
            }
        }
    }

    /// <summary>Takes a new job.</summary>
    /// <returns>The worker that the caller sends it to, now; null when it waits, or has ended.</returns>
    public Worker? Submit(PoolJob job)
    {
        PoolJob? dropped = null;
        lock (_gate)
        {
            job.SubmittedAt = time.GetTimestamp();
            job.Id = ++_lastId;
            _submitted++;
            if (Refusal(job) is { } refusal)
            {
                SetEnded(job, JobEnd.Rejected, refusal);
            }
            else if (TryTakeIdle(out var worker) || TryTakeAhead(job.SubmittedAt, out worker))
            {
                SetRunning(job);
                worker.Load.Assigned++;
                return worker;
            }
            else if (_queue.Count < capacity)
            {
                Enqueue(job);
                return null;
            }
            else if (whenFull == PoolFullMode.Wait && _waiting.Count < MostWaiting)
            {
                job.Phase = JobPhase.Waiting;
                _waiting.AddLast(job);
                return null;
            }
            else if (whenFull == PoolFullMode.DropOldest && _queue.TryTake(out dropped))
            {
                dropped.Phase = JobPhase.New; // no lane has it any more
                SetEnded(dropped, JobEnd.Rejected, new PoolFullException(pool, capacity, isDropped: true));
                Enqueue(job);
            }
            else
            {
                SetEnded(job, JobEnd.Rejected, new PoolFullException(pool, whenFull == PoolFullMode.Wait ? MostWaiting : capacity, isDropped: false));
            }
        }

        Finish(dropped ?? job);
        return null;
    }

    /// <summary>Takes jobs of <c>Map</c>, all of them: their sink has the bound. Those that are refused, or bring a refusal of their own, are complete when this returns.</summary>
    public void SubmitBulk(ReadOnlySpan<SinkJob> jobs)
    {
        List<SinkJob>? refused = null;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _submitted += jobs.Length;
            foreach (var job in jobs)
            {
                job.SubmittedAt = now;
                job.Id = ++_lastId;
                if (Refusal(job) is { } refusal)
                {
                    SetEnded(job, JobEnd.Rejected, refusal);
                    (refused ??= []).Add(job);
                }
                else
                {
                    Enqueue(job);
                }
            }
        }

        Match();
        foreach (var job in refused ?? [])
        {
            Finish(job);
        }
    }

    /// <summary>A worker has answered: counts the jobs, and takes the next ones for it. A worker that is left with none is idle from here on.</summary>
    /// <param name="worker">Which.</param>
    /// <param name="takesMore">Whether it gets further jobs.</param>
    /// <param name="ahead">How many those who submit may give it while it is busy.</param>
    /// <param name="done">With their verdicts. Jobs that had ended before, by cancellation, are taken out.</param>
    /// <param name="doneCount">How many they are, and then how many are left.</param>
    /// <param name="next">As many as it has room for now.</param>
    /// <param name="isSpent">It has no job, and takes none.</param>
    /// <returns>How many are next.</returns>
    public int Settle(Worker worker, bool takesMore, int ahead, Span<PoolJob?> done, ref int doneCount, Span<PoolJob?> next, out bool isSpent)
    {
        var count = 0;
        lock (_gate)
        {
            var load = worker.Load;
            var kept = 0;
            foreach (var job in done[..doneCount])
            {
                if (job!.Phase == JobPhase.Running)
                {
                    job.AcceptVerdict();
                    _ended[(int)job.End]++;
                    _running--;
                    done[kept++] = job;
                }
                else
                {
                    job.DropAnswer();
                }
            }

            load.IsFull |= !takesMore;
            load.Ahead = ahead;
            if (!load.IsFull && load.IsMember)
            {
                var waiting = _queue.Count + _bulk.Count;
                var share = Math.Min(next.Length, Math.Max(1, (waiting + _members.Count - 1) / Math.Max(1, _members.Count)));
                while (count < share && TryNext(out var job))
                {
                    next[count++] = job;
                }
            }

            load.Assigned += count;
            isSpent = Unassign(worker, doneCount);
            doneCount = kept;
            CheckDrained();
        }

        return count;
    }

    /// <summary>A worker is ready: it gets jobs from here on.</summary>
    public void Join(Worker worker)
    {
        lock (_gate)
        {
            _members.Add(worker);
            worker.Load.IsMember = true;
            _idle.Add(worker);
        }

        Match();
    }

    /// <summary>A worker leaves; jobs that it had are given back or ended by itself. Once for each <see cref="Join"/>.</summary>
    public void Leave(Worker worker)
    {
        lock (_gate)
        {
            worker.Load.IsMember = false;
            _members.Remove(worker);
            _idle.Remove(worker);
        }
    }

    /// <summary>Sends what waits to those that are idle.</summary>
    private void Match()
    {
        while (true)
        {
            Worker worker;
            PoolJob? job;
            lock (_gate)
            {
                if (_idle.Count == 0 || !TryNext(out job))
                {
                    return;
                }

                worker = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                worker.Load.Assigned++;
            }

            worker.Begin(job);
        }
    }

    private bool TryTakeIdle([NotNullWhen(true)] out Worker? worker)
    {
        worker = _idle.Count > 0 ? _idle[^1] : null;
        if (worker is not null)
        {
            _idle.RemoveAt(_idle.Count - 1);
        }

        return worker is not null;
    }

    // Not past those that wait. The one with the fewest jobs, of a few.
    private bool TryTakeAhead(long now, [NotNullWhen(true)] out Worker? worker)
    {
        worker = null;
        if (_queue.Count > 0)
        {
            return false;
        }

        var fewest = int.MaxValue;
        for (var looks = Math.Min(_members.Count, MostLooks); looks > 0 && fewest > 1; looks--)
        {
            _looked = _looked + 1 < _members.Count ? _looked + 1 : 0;
            var member = _members[_looked];
            var load = member.Load;
            if (load.Assigned < Math.Min(fewest, load.Ahead) && !load.IsFull && member.IsQuick(now))
            {
                (worker, fewest) = (member, load.Assigned);
            }
        }

        return worker is not null;
    }

    // Says whether it has no job, and takes none.
    private bool Unassign(Worker worker, int count)
    {
        var load = worker.Load;
        load.Assigned -= count;
        if (count == 0 || load.Assigned > 0 || !load.IsMember)
        {
            return false;
        }

        if (!load.IsFull)
        {
            _idle.Add(worker);
        }

        return load.IsFull;
    }

    private bool TryNext([NotNullWhen(true)] out PoolJob? job)
    {
        if (_queue.TryTake(out job))
        {
            Promote();
        }
        else if (!_bulk.TryTake(out job))
        {
            return false;
        }

        SetRunning(job);
        return true;
    }

    private void Promote()
    {
        while (_queue.Count < capacity && _waiting.TryTake(out var waiting))
        {
            Enqueue(waiting);
        }
    }

    private void Enqueue(PoolJob job)
    {
        job.Phase = JobPhase.Queued;
        LaneOf(job).AddLast(job);
    }

    private void SetRunning(PoolJob job)
    {
        job.Phase = JobPhase.Running;
        _running++;
    }

    private JobLane LaneOf(PoolJob job) => job.IsBulk ? _bulk : _queue;
}

/// <summary>All jobs of a pool: <c>Submitted</c> is the sum of the others, at any time.</summary>
internal readonly record struct JobCounts(long Submitted, long Succeeded, long Failed, long TimedOut, long Cancelled, long Rejected, int Queued, int Running);
