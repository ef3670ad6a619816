using System.Diagnostics.Metrics;
using Hardening.Messaging;
using Hardening.Pool.Caller;
using Hardening.Pool.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Pool;

/// <summary>
/// The caller's side of a pool whose workers are on other machines: jobs go through a broker to whatever host has a worker free, and the answers come back. A job is done at least once, and ends here in
/// exactly one way; the counts of <see cref="Statistics"/> add up.
/// </summary>
/// <remarks>
/// <para>All members may be called from any thread. Requests and results are bytes here; <see cref="RabbitPool{TRequest, TResult}"/> has types.</para>
/// <para>While the broker is away, jobs wait in a buffer of <see cref="RabbitPoolOptions.BufferCapacity"/>, and are refused beyond it. What the broker has taken, it has on disk.</para>
/// </remarks>
public sealed partial class RabbitPool : IAsyncDisposable
{
    private readonly RabbitPoolOptions _options;
    private readonly RabbitMqConnection _connection;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PoolQueues _queues;
    private readonly RemoteJobLedger _ledger;
    private readonly JobRoom _room;
    private readonly RabbitPoolMetrics _metrics;
    private readonly CallerLink _link;
    private readonly SingleLife _life;

    /// <summary>Makes the caller's side of a pool; <see cref="StartAsync"/> has it ask the broker.</summary>
    /// <param name="name">The name of the pool, as its hosts have it.</param>
    /// <param name="connection">To the broker. It stays the caller's, and must be there for longer than the pool.</param>
    /// <param name="options">Its limits, copied; null for the defaults.</param>
    /// <param name="time">The clock of its limits; null for the system's.</param>
    /// <param name="loggers">Null for no log.</param>
    /// <param name="meters">The host's; null for a meter of its own.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name is too long for a queue.</exception>
    public RabbitPool(string name, RabbitMqConnection connection, RabbitPoolOptions? options = null, TimeProvider? time = null, ILoggerFactory? loggers = null, IMeterFactory? meters = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(connection);
        Name = name;
        _options = RabbitPoolOptions.Checked(name, options);
        _connection = connection;
        _time = time ?? TimeProvider.System;
        _logger = loggers?.CreateLogger<RabbitPool>() ?? NullLogger<RabbitPool>.Instance;
        _queues = new PoolQueues(name, _options);
        _room = new JobRoom(name, _options.BufferCapacity, connection);
        _ledger = new RemoteJobLedger(_options.RememberedJobs) { Released = Release, Ended = NoteEnd };
        _metrics = new RabbitPoolMetrics(meters, name, () => Statistics);
        _link = new CallerLink(name, connection, _queues, _options, _ledger, _time, _logger) { Unclaimed = RaiseUnclaimed };
        _life = new SingleLife($"The pool '{name}'", StopOnceAsync);
    }

    /// <summary>An answer came to a job that nobody here waits for: with a <see cref="RabbitPoolOptions.CallerName"/>, of an earlier process of this name. Raised one at a time; the broker keeps the answer until the handler returns.</summary>
    /// <remarks>What the handler throws is logged, and the answer gone.</remarks>
    public event EventHandler<UnclaimedResultEventArgs>? UnclaimedResult;

    /// <summary>The name of the pool.</summary>
    public string Name { get; }

    /// <summary>What has become of all jobs so far.</summary>
    public RabbitPoolStatistics Statistics => _ledger.Statistics;

    internal RemoteJobLedger Ledger => _ledger;

    internal PoolQueues Queues => _queues;

    /// <summary>Where its answers come.</summary>
    internal string ReplyTo => _link.ReplyTo;

    internal int MapWindow => _options.BufferCapacity;

    /// <summary>Connects, unless that is done, and makes the queues that are missing.</summary>
    /// <returns>When jobs can be sent; where the broker is not <see cref="RabbitMqOptions.Required"/> and not there, at once: jobs wait in the buffer.</returns>
    /// <exception cref="BrokerUnavailableException">The broker is required, and refuses: the message says what.</exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _life.Begin(this);
        await _connection.StartAsync(cancellationToken).ConfigureAwait(false);
        await _link.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more jobs, and waits for the answers to those that it has.</summary>
    /// <param name="cancellationToken">Cuts it short: callers of what is not answered by then get <see cref="PoolUnavailableException"/>. What the broker has of it may be done all the same.</param>
    /// <returns>When no job is left. Never faults for the token.</returns>
    public Task StopAsync(CancellationToken cancellationToken) => _life.EndAsync(cancellationToken);

    /// <summary>Ends the pool without waiting for its jobs.</summary>
    public ValueTask DisposeAsync() => new(StopAsync(new CancellationToken(canceled: true)));

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        _ledger.Stop();
        try
        {
            await _ledger.Drained.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            var left = _ledger.Left();
            if (left.Length > 0)
            {
                LogCutShort(Name, left.Length);
            }

            foreach (var job in left)
            {
                _ledger.TryEnd(job, RemoteJobState.Failed, new PoolUnavailableException(Name));
            }
        }

        await _link.DisposeAsync().ConfigureAwait(false);
        var last = Statistics;
        LogStopped(Name, last.Succeeded, last.Submitted);
        _metrics.Dispose();
        _room.Dispose();
        _ledger.Dispose();
    }

    private void Release(RemoteJob job)
    {
        job.Activity?.Stop();
        _room.Return(job);
    }

    private void NoteEnd(RemoteJob job) => _metrics.Ended(job.State, _time.GetElapsedTime(job.Submitted));

    private void RaiseUnclaimed(UnclaimedResultEventArgs unclaimed) => UnclaimedResult?.Invoke(this, unclaimed);

    [LoggerMessage(5010, LogLevel.Information, "Pool {Pool} over the broker has stopped: {Succeeded} of {Submitted} jobs succeeded.")]
    private partial void LogStopped(string pool, long succeeded, long submitted);

    [LoggerMessage(5011, LogLevel.Warning, "Pool {Pool} over the broker was stopped before the answers to {Left} jobs were there.")]
    private partial void LogCutShort(string pool, int left);
}
