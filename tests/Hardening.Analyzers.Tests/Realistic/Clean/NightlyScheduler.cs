using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace Batch.Scheduling;

public sealed record ScheduledJob(string Name, TimeSpan Every, Func<CancellationToken, Task> Run);

/// <summary>Runs each job when it is due, each on its own, none twice at a time.</summary>
public sealed class NightlyScheduler(TimeProvider time, ILogger<NightlyScheduler> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly object _gate = new();
    private readonly PriorityQueue<ScheduledJob, DateTimeOffset> _due = new();
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changed = new(0);
    private readonly CancellationTokenSource _stop = new();
    private Task? _loop;

    public void Add(ScheduledJob job)
    {
        lock (_gate)
        {
            _due.Enqueue(job, time.GetUtcNow() + job.Every);
        }

        _changed.Release();
    }

    public void Start() => _loop ??= RunAsync(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_loop is not null)
        {
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Task[] running;
        lock (_gate)
        {
            running = [.. _running.Values];
        }

        await Task.WhenAll(running).WaitAsync(Longest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _changed.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            var wait = StartDue(token);
            await _changed.WaitAsync(wait, token);
        }
    }

    private TimeSpan StartDue(CancellationToken token)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            while (_due.TryPeek(out var job, out var at))
            {
                if (at > now)
                {
                    return at - now < Longest ? at - now : Longest;
                }

                _due.Dequeue();
                _due.Enqueue(job, now + job.Every);
                if (!_running.TryGetValue(job.Name, out var last) || last.IsCompleted)
                {
                    _running[job.Name] = RunOneAsync(job, token);
                }
            }

            return Longest;
        }
    }

    private async Task RunOneAsync(ScheduledJob job, CancellationToken token)
    {
        await Task.Yield();
        var started = time.GetTimestamp();
        try
        {
            await job.Run(token);
            logger.LogInformation("{Job} took {Time}.", job.Name, time.GetElapsedTime(started));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "{Job} failed.", job.Name);
        }
    }
}
