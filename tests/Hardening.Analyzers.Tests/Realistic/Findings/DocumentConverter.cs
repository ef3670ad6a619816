using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Archive.Conversion;

public enum JobState
{
    Waiting,
    Running,
    Done,
    Failed,
}

public sealed class ConversionJob(string source, string target)
{
    private volatile JobState _state;

    public string Source { get; } = source;

    public string Target { get; } = target;

    public JobState State => _state;

    public Exception? Failure { get; private set; }

    public void Begin() => _state = JobState.Running;

    public void End(Exception? failure)
    {
        Failure = failure;
        _state = failure is null ? JobState.Done : JobState.Failed;
    }
}

public sealed class DocumentConverter(Action<ConversionJob> convert)
{
    private readonly List<ConversionJob> _history = [];
    private volatile bool _paused;
    private int _running;

    public bool Paused
    {
        get => _paused;
        set => _paused = value;
    }

    public async Task<JobState> ConvertAsync(ConversionJob job, CancellationToken token)
    {
        while (_paused) // HRD1014
        {
            await Task.Yield();
        }

        Interlocked.Increment(ref _running);
        try
        {
            await Task.Run(() => Work(job), token);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }

        _history.Add(job);
        return job.State;
    }

    public void WaitFor(ConversionJob job)
    {
        while (job.State is JobState.Waiting or JobState.Running) // HRD1014
        {
            Thread.Sleep(1);
        }
    }

    public void Drain()
    {
        SpinWait.SpinUntil(() => Volatile.Read(ref _running) == 0); // HRD1014
        _history.TrimExcess();
    }

    public async Task<int> ConvertAllAsync(IReadOnlyList<ConversionJob> jobs, CancellationToken token)
    {
        var failed = 0;
        foreach (var job in jobs)
        {
            if (await ConvertAsync(job, token) == JobState.Failed)
            {
                failed++;
                Thread.Sleep(TimeSpan.FromSeconds(2)); // HRD2008
            }
        }

        return failed;
    }

    private void Work(ConversionJob job)
    {
        job.Begin();
        try
        {
            convert(job);
            job.End(null);
        }
        catch (Exception failure)
        {
            job.End(failure);
        }
    }
}
