using System.Diagnostics;

namespace Hardening.Pool.Jobs;

/// <summary>The spans of the jobs of one pool: a client's, whose context the worker gets. A job that nobody wants a span of costs a look at whether somebody does, and at the caller's span.</summary>
internal sealed class JobTracing(string pool, TimeProvider time)
{
    private readonly string _name = $"job {pool}";
    private readonly KeyValuePair<string, object?>[] _tags = [new("hardening.pool.name", pool)];

    /// <summary>The job is given to the pool, by the calling thread. Where there is no span for it, its worker gets the context of the caller's, whoever made that.</summary>
    public void Begin(PoolJob job)
    {
        var span = RuntimeTracing.IsOn ? RuntimeTracing.StartApart(_name, ActivityKind.Client, _tags, isRoot: false) : null;
        var parent = span ?? Activity.Current;
        if (parent is { IdFormat: ActivityIdFormat.W3C })
        {
            job.Context = parent.Context;
        }

        (job.Span, job.Tracing) = (span, span is null ? null : this);
    }

    /// <summary>A worker has it.</summary>
    public static void NoteSent(Activity span, TimeSpan waited) => span.SetTag("hardening.job.wait", waited.TotalSeconds);

    /// <summary>It has ended.</summary>
    public void End(PoolJob job, Activity span)
    {
        var end = job is { End: JobEnd.Succeeded, Failure: not null } ? JobEnd.Rejected : job.End; // it never came to the dispatcher
        span.SetTag("hardening.job.outcome", ProcessPoolMetrics.Name(end));
        if (job.Attempts > 0)
        {
            span.SetTag("hardening.job.retries", job.Attempts);
        }

        if (job.Worker is { ProcessId: > 0 and var worker })
        {
            span.SetTag("hardening.worker.pid", worker);
        }

        if (job.Failure is { } failure && end != JobEnd.Cancelled)
        {
            RuntimeTracing.Fail(span, (failure as JobFailedException)?.ErrorType ?? failure.GetType().FullName ?? failure.GetType().Name, failure.Message);
        }

        RuntimeTracing.StopApart(span, time.GetUtcNow());
    }
}
