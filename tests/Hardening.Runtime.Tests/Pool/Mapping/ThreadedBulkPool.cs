using System.Collections.Concurrent;
using Hardening.Pool;
using Hardening.Pool.Jobs;
using Hardening.Pool.Mapping;

namespace Hardening.Runtime.Tests.Pool.Mapping;

/// <summary>A pool whose workers are threads that echo.</summary>
internal sealed class ThreadedBulkPool : IBulkPool, IDisposable
{
    private readonly BlockingCollection<SinkJob> _jobs = new(boundedCapacity: 100_000);
    private readonly Thread[] _threads;

    public ThreadedBulkPool(int threads)
    {
        _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Run) { IsBackground = true })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    public TimeProvider Time => TimeProvider.System;

    public int Workers => _threads.Length;

    public int LookAhead => 66;

    public JobLimits LimitsOf(in JobOptions options) => default;

    public Exception? Refuse(ReadOnlySpan<byte> request, string? key) => null;

    public void Submit(ReadOnlySpan<SinkJob> jobs)
    {
        foreach (var job in jobs)
        {
            _jobs.Add(job);
        }
    }

    public void Cancel(SinkJob job)
    {
    }

    public void Dispose()
    {
        _jobs.CompleteAdding();
        foreach (var thread in _threads)
        {
            Assert.That(thread.Join(TimeSpan.FromSeconds(30)));
        }

        _jobs.Dispose();
    }

    private void Run()
    {
        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            job.SetAnswer(job.Request.Span);
            job.Complete();
        }
    }
}
