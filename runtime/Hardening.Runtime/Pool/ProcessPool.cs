using System.Diagnostics.Metrics;
using Hardening.Camera;
using Hardening.Pool.Frames;
using Hardening.Pool.Jobs;
using Hardening.Pool.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Pool;

/// <summary>
/// Jobs done by worker processes, which are started ahead, owned to the last descendant, and replaced when they end. A job has a limit and ends in exactly one way, and the counts of
/// <see cref="Statistics"/> add up; a worker that crashes, hangs, grows or talks nonsense takes with it the one job that it works on, and nothing else.
/// </summary>
/// <remarks>
/// <para>All members may be called from any thread. Requests and results are bytes here; <c>ProcessPool&lt;TRequest, TResult&gt;</c> has types.</para>
/// <para>Nothing is allocated for a job in the steady state: what a job needs is used again once its result is disposed.</para>
/// </remarks>
public sealed partial class ProcessPool : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15); // beyond the grace period: then it is said what is left

    private readonly PoolContext _pool;
    private readonly JobCache _jobs;
    private readonly WorkerCrew _crew = new();
    private readonly Action<object?> _cancel;
    private readonly JobLimits _usual;
    private readonly SharedRegion? _results;
    private readonly SingleLife _life;

    /// <summary>Makes a pool; <see cref="StartAsync"/> starts its workers.</summary>
    /// <param name="name">In metrics, logs and messages.</param>
    /// <param name="worker">What is started as a worker.</param>
    /// <param name="options">Its limits, copied; null for the defaults.</param>
    /// <param name="time">The clock of its limits; null for the system's.</param>
    /// <param name="loggers">Null for no log.</param>
    /// <param name="meters">The host's; null for a meter of its own.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="InsufficientMemoryException">There is not enough memory for <see cref="ProcessPoolOptions.ResultSlots"/>.</exception>
    public ProcessPool(string name, WorkerCommand worker, ProcessPoolOptions? options = null, TimeProvider? time = null, ILoggerFactory? loggers = null, IMeterFactory? meters = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(worker);
        var limits = ProcessPoolOptions.Checked(name, options);
        var clock = time ?? TimeProvider.System;
        var logger = loggers?.CreateLogger<ProcessPool>() ?? NullLogger<ProcessPool>.Instance;
        var results = limits.ResultSlots > 0 ? new FramePool(limits.ResultSlots, limits.ResultSlotBytes) : null;
        _results = results is null ? null : SharedFrames.Share(results, writable: true);
        _jobs = new JobCache(limits.QueueCapacity + (2 * limits.Workers) + 1024);
        _cancel = Cancel;
        _pool = new PoolContext
        {
            Name = name,
            Command = worker,
            Options = limits,
            Setup = new WorkerSetup
            {
                Pool = name,
                ChannelBytes = limits.ChannelBytes,
                MaxMessageBytes = limits.MaxMessageBytes,
                StopGracePeriod = limits.StopGracePeriod,
                Limits = limits.Limits,
                Regions = _results is null ? [] : [_results],
                Logger = logger,
                Time = clock,
            },
            Time = clock,
            Logger = logger,
            Dispatcher = new JobDispatcher(name, limits.QueueCapacity, limits.WhenFull, clock),
            Metrics = new ProcessPoolMetrics(meters, name, () => Statistics),
            Tracing = new JobTracing(name, clock),
            Poison = new PoisonList(limits.PoisonAfter, clock),
            Results = results,
        };
        _life = new SingleLife($"The pool '{name}'", StopOnceAsync);
        _usual = new JobLimits(_pool.Ticks(limits.JobTimeout), Milliseconds(limits.SoftTimeout), limits.MaxAttempts, Key: null);
    }

    /// <summary>The name of the pool.</summary>
    public string Name => _pool.Name;

    /// <summary>What has become of all jobs and workers so far.</summary>
    public ProcessPoolStatistics Statistics => _crew.Read(_pool.Dispatcher.Counts) with { Workers = _pool.Options.Workers, QuarantinedJobs = _pool.Poison.Quarantined };

    internal ProcessPoolOptions Options => _pool.Options;

    /// <summary>Starts the workers.</summary>
    /// <returns>When all <see cref="ProcessPoolOptions.Workers"/> are ready for jobs.</returns>
    /// <exception cref="PoolUnavailableException">The first of them cannot be started; the message says why. The pool goes on trying until it is stopped.</exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _life.Begin(this);
        _pool.Logger.Starting(Name, _pool.Options.Workers, _pool.Options.SpareWorkers, _pool.Command.ToString());
        _crew.Start(_pool);
        await _crew.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more jobs, finishes those that were accepted, and ends the workers with all that they started.</summary>
    /// <param name="cancellationToken">Cuts it short: what is not done by then is ended, its callers get <see cref="PoolUnavailableException"/>.</param>
    /// <returns>When no worker is left. Within <see cref="ProcessPoolOptions.StopGracePeriod"/> and some seconds of the token, in any case; never faults for the token.</returns>
    public Task StopAsync(CancellationToken cancellationToken) => _life.EndAsync(cancellationToken);

    /// <summary>Ends the pool without waiting for its jobs.</summary>
    public ValueTask DisposeAsync() => new(StopAsync(new CancellationToken(canceled: true)));

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        _pool.Dispatcher.Stop(new PoolUnavailableException(Name));
        if (_life.HasBegun)
        {
            await EndWorkersAsync(cancellationToken).ConfigureAwait(false);
        }

        var last = Statistics;
        _pool.Logger.Stopped(Name, last.Succeeded, last.Submitted);
        _crew.Dispose();
        _pool.Metrics.Dispose();
        _pool.Regions.Dispose();
        _results?.File.Dispose();
        _pool.Results?.Dispose();
    }

    private async Task EndWorkersAsync(CancellationToken cancellationToken)
    {
        var isDrained = false;
        try
        {
            await _pool.Dispatcher.Drained.WaitAsync(cancellationToken).ConfigureAwait(false);
            isDrained = true;
        }
        catch (OperationCanceledException)
        {
            var counts = _pool.Dispatcher.Counts;
            if (counts.Queued + counts.Running > 0)
            {
                _pool.Logger.CutShort(Name, counts.Queued + counts.Running);
            }

            _pool.Dispatcher.Refuse(new PoolUnavailableException(Name));
        }

        _crew.Stop(atOnce: !isDrained);
        try
        {
            await _crew.Gone.WaitAsync(_pool.Options.StopGracePeriod + EndLimit, _pool.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _pool.Logger.NotEnded(Name, _crew.Left);
        }
    }

    private static uint Milliseconds(TimeSpan? time) => time is { } limit ? (uint)Math.Clamp(Math.Ceiling(limit.TotalMilliseconds), 1, uint.MaxValue) : 0;
}
