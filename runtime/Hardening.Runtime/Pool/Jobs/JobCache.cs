using System.Collections.Concurrent;

namespace Hardening.Pool.Jobs;

/// <summary>Jobs that are not in use, up to a bound.</summary>
internal sealed class JobCache(int bound)
{
    private readonly ConcurrentQueue<AwaitedJob> _jobs = new();

    public CompletionPump Pump { get; } = new();

    public AwaitedJob Rent() => _jobs.TryDequeue(out var job) ? job : new AwaitedJob(this);

    public void Return(AwaitedJob job)
    {
        if (_jobs.Count < bound)
        {
            _jobs.Enqueue(job);
        }
    }
}
