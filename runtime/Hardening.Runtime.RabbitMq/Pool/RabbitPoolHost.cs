using System.Diagnostics.Metrics;
using Hardening.Messaging;
using Hardening.Pool.Host;
using Hardening.Pool.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Pool;

/// <summary>
/// The host's side of a pool over a broker: takes jobs from the pool's queue, has the workers of a <see cref="ProcessPool"/> of this process do them, and tells the broker that a job is done only after
/// the broker has its answer. Callers of this process use the same workers, whether the broker is there or not.
/// </summary>
/// <remarks>All members may be called from any thread.</remarks>
public sealed partial class RabbitPoolHost : IAsyncDisposable
{
    private static readonly TimeSpan CutLimit = TimeSpan.FromSeconds(10); // the pool ends its workers within its own grace periods

    private readonly RabbitPoolOptions _options;
    private readonly RabbitMqConnection _connection;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FrameIntake _frames;
    private readonly Graveyard _graveyard;
    private readonly HostWork _work;
    private readonly HostLink _link;
    private readonly RabbitPoolHostMetrics _metrics;
    private readonly SingleLife _life;

    /// <summary>Makes the host's side of a pool; <see cref="StartAsync"/> has it take jobs.</summary>
    /// <param name="pool">Does the jobs; its name is the name of the queue. It is to be started before this, and stopped after it.</param>
    /// <param name="connection">To the broker. It stays the caller's, and must be there for longer than this.</param>
    /// <param name="options">Its limits, copied; null for the defaults.</param>
    /// <param name="time">The clock of its limits; null for the system's.</param>
    /// <param name="loggers">Null for no log.</param>
    /// <param name="meters">The host's; null for a meter of its own.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name of the pool is too long for a queue.</exception>
    /// <exception cref="InsufficientMemoryException">There is not enough memory for <see cref="RabbitPoolOptions.FrameSlots"/>.</exception>
    public RabbitPoolHost(ProcessPool pool, RabbitMqConnection connection, RabbitPoolOptions? options = null, TimeProvider? time = null, ILoggerFactory? loggers = null, IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(connection);
        Name = pool.Name;
        _options = RabbitPoolOptions.Checked(Name, options);
        _connection = connection;
        _time = time ?? TimeProvider.System;
        _logger = loggers?.CreateLogger<RabbitPoolHost>() ?? NullLogger<RabbitPoolHost>.Instance;
        var queues = new PoolQueues(Name, _options);
        _frames = new FrameIntake(Name, _options, _time);
        _graveyard = new Graveyard(Name, queues, _time, _logger);
        _work = new HostWork(Name, queues, _options, new JobRunner(pool, _options, _frames, _time), _graveyard, _time, _logger);
        _link = new HostLink(pool, connection, queues, _options, _work, new Undertaker(_graveyard), _time, _logger);
        _metrics = new RabbitPoolHostMetrics(meters, Name, () => Statistics);
        _life = new SingleLife($"The host of pool '{Name}'", StopOnceAsync);
    }

    /// <summary>The name of the pool.</summary>
    public string Name { get; }

    /// <summary>What has become so far of what the broker gave to this host.</summary>
    public RabbitPoolHostStatistics Statistics
    {
        get
        {
            var (received, running, ends) = _work.Counts;
            return new RabbitPoolHostStatistics
            {
                IsServing = _link.IsServing,
                Prefetch = _link.Prefetch,
                Received = received,
                Answered = ends[(int)DeliveryEnd.Answered],
                DeadLettered = ends[(int)DeliveryEnd.DeadLettered],
                Requeued = ends[(int)DeliveryEnd.Requeued],
                Returned = ends[(int)DeliveryEnd.Returned],
                Expired = ends[(int)DeliveryEnd.Expired],
                Repeated = ends[(int)DeliveryEnd.Repeated],
                Abandoned = ends[(int)DeliveryEnd.Abandoned],
                Running = running,
                Malformed = _work.Malformed,
                LostDeadLetters = _graveyard.Lost,
            };
        }
    }

    /// <summary>Connects, unless that is done, makes the queues that are missing, and takes jobs.</summary>
    /// <returns>When it takes jobs; where the broker is not <see cref="RabbitMqOptions.Required"/> and not there, at once: it takes jobs once there is one.</returns>
    /// <exception cref="BrokerUnavailableException">The broker is required, and refuses: the message says what.</exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _life.Begin(this);
        await _connection.StartAsync(cancellationToken).ConfigureAwait(false);
        await _link.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more jobs, finishes those that it has, and tells the broker.</summary>
    /// <param name="cancellationToken">Cuts it short: what is not done by then is ended and given back, as an attempt.</param>
    /// <returns>When no job is left here. Within some seconds of the token, in any case; never faults for the token.</returns>
    public Task StopAsync(CancellationToken cancellationToken) => _life.EndAsync(cancellationToken);

    /// <summary>Ends it without waiting for its jobs, which are given back.</summary>
    public ValueTask DisposeAsync() => new(StopAsync(new CancellationToken(canceled: true)));

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await _link.CancelAsync().ConfigureAwait(false);
        _work.Stop();
        try
        {
            await _work.Drained.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            LogCutShort(Name, _work.Counts.Running);
            _work.CutShort();
            await WaitForCutAsync().ConfigureAwait(false);
        }

        await _link.DisposeAsync().ConfigureAwait(false);
        var last = Statistics;
        LogStopped(Name, last.Answered, last.Received);
        _metrics.Dispose();
        _work.Dispose();
        _frames.Dispose();
    }

    private async Task WaitForCutAsync()
    {
        try
        {
            await _work.Drained.WaitAsync(CutLimit, _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogNotEnded(Name, _work.Counts.Running);
        }
    }

    [LoggerMessage(5022, LogLevel.Information, "The host of pool {Pool} takes no more jobs from the broker: {Answered} of {Received} deliveries were answered.")]
    private partial void LogStopped(string pool, long answered, long received);

    [LoggerMessage(5023, LogLevel.Warning, "The host of pool {Pool} was stopped before its jobs were done: {Left} are ended and given back.")]
    private partial void LogCutShort(string pool, long left);

    [LoggerMessage(5024, LogLevel.Error, "The host of pool {Pool}: {Left} jobs could not be ended. The broker gives them to others when the connection is closed.")]
    private partial void LogNotEnded(string pool, long left);
}
