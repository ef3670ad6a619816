using System.Diagnostics.CodeAnalysis;

namespace Hardening.Pool.Jobs;

/// <summary>
/// Tells awaiting callers of the ends of their jobs, on the thread pool. Not one work item for each job: waking a thread costs more than a tiny job. One that finds jobs hands the rest to a second
/// one before it runs a caller's code, so that code that blocks keeps nobody waiting.
/// </summary>
internal sealed class CompletionPump : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private AwaitedJob? _first; // these three under the lock
    private AwaitedJob? _last;
    private bool _isScheduled;

    public void Add(AwaitedJob job)
    {
        bool schedules;
        lock (_gate)
        {
            if (_last is null)
            {
                _first = job;
            }
            else
            {
                _last.NextToTell = job;
            }

            _last = job;
            schedules = !_isScheduled;
            _isScheduled = true;
        }

        if (schedules)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (!TryTake(isFirst: true, out var job, out var schedules))
        {
            return;
        }

        if (schedules)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        do
        {
            job.Tell();
        }
        while (TryTake(isFirst: false, out job, out _));
    }

    private bool TryTake(bool isFirst, [NotNullWhen(true)] out AwaitedJob? job, out bool schedules)
    {
        lock (_gate)
        {
            if (isFirst)
            {
                _isScheduled = false;
            }

            job = _first;
            _first = job?.NextToTell;
            if (_first is null)
            {
                _last = null;
            }

            job?.NextToTell = null;
            schedules = isFirst && _first is not null && !_isScheduled;
            _isScheduled |= schedules;
            return job is not null;
        }
    }
}
