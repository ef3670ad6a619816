using System.Collections.Concurrent;
using Hardening.Pool;
using Hardening.Pool.Jobs;
using Hardening.Pool.Mapping;

namespace Hardening.Runtime.Tests.Pool.Mapping;

/// <summary>A pool without workers: a test says how each job ends, and when.</summary>
internal sealed class ScriptedBulkPool : IBulkPool
{
    private readonly ConcurrentQueue<SinkJob> _held = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public int Workers { get; init; } = 2;

    public int LookAhead { get; init; } = 8;

    /// <summary>What a job is answered at once; one that it returns null for is held.</summary>
    public Func<byte[], byte[]?> Answer { get; init; } = static request => request;

    public Action<SinkJob>? OnSubmit { get; init; }

    /// <summary>Submitted, not answered, in the order of their coming.</summary>
    public IReadOnlyCollection<SinkJob> Held => _held;

    public ConcurrentBag<SinkJob> Cancelled { get; } = [];

    public int Submitted;

    public JobLimits LimitsOf(in JobOptions options) => new(options.Timeout?.Ticks ?? 0, 0, options.MaxAttempts ?? 1, options.Key);

    public Exception? Refuse(ReadOnlySpan<byte> request, string? key) => request.Length > 100 ? new ArgumentException("too long") : null;

    public void Submit(ReadOnlySpan<SinkJob> jobs)
    {
        Interlocked.Add(ref Submitted, jobs.Length);
        foreach (var job in jobs)
        {
            job.Phase = JobPhase.Running;
            OnSubmit?.Invoke(job);
            if (job.Failure is not null) // it brings a refusal
            {
                (job.Phase, job.End) = (JobPhase.Ended, JobEnd.Rejected);
                job.Complete();
            }
            else if (Answer(job.Request.ToArray()) is { } answer)
            {
                End(job, answer);
            }
            else
            {
                _held.Enqueue(job);
            }
        }
    }

    public void Cancel(SinkJob job)
    {
        if (job.Phase == JobPhase.Running)
        {
            Cancelled.Add(job);
        }
    }

    /// <summary>Answers one that is held, on a thread that is not the test's.</summary>
    public static Task EndAsync(SinkJob job, byte[] answer) => Task.Run(() => End(job, answer));

    public static Task FailAsync(SinkJob job, Exception failure) => Task.Run(() =>
    {
        (job.Phase, job.End, job.Failure) = (JobPhase.Ended, JobEnd.Failed, failure);
        job.Complete();
    });

    private static void End(SinkJob job, byte[] answer)
    {
        job.SetAnswer(answer);
        (job.Phase, job.End) = (JobPhase.Ended, JobEnd.Succeeded);
        job.Complete();
    }
}
