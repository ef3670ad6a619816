using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Messaging;

/// <summary>
/// The connection of this process to the broker, shared by all of its pools: one at a time, made anew with growing pauses whenever it is lost. What was under way on it is known to those who use it, and
/// they say what becomes of that.
/// </summary>
/// <remarks>All members may be called from any thread.</remarks>
public sealed partial class RabbitMqConnection : IAsyncDisposable
{
    private readonly RabbitMqOptions _options;
    private readonly BrokerAddress _address;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RabbitMqMetrics _metrics;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<BrokerSession> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BrokerSession? _session;
    private Task? _running;
    private long _connects;
    private long _losses;
    private int _failures;
    private long _failureLogged; // when; of the loop alone
    private BrokerUnavailableException? _lastFailure;

    /// <summary>Makes one that asks nobody before it is started.</summary>
    /// <param name="options">Where the broker is, copied; null for one on this machine.</param>
    /// <param name="time">The clock of its pauses; null for the system's.</param>
    /// <param name="loggers">Null for no log.</param>
    /// <param name="meters">The host's; null for a meter of its own.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public RabbitMqConnection(RabbitMqOptions? options = null, TimeProvider? time = null, ILoggerFactory? loggers = null, IMeterFactory? meters = null)
    {
        _options = RabbitMqOptions.Checked(options);
        _address = new BrokerAddress(_options);
        _time = time ?? TimeProvider.System;
        _logger = loggers?.CreateLogger<RabbitMqConnection>() ?? NullLogger<RabbitMqConnection>.Instance;
        _metrics = new RabbitMqMetrics(meters, () => Statistics);
    }

    /// <summary>The broker, as <c>host:port</c>.</summary>
    public string Broker => _address.Broker;

    /// <summary>Whether there is a connection now.</summary>
    public bool IsConnected => Current is not null;

    /// <summary>What has become of the connection so far.</summary>
    public RabbitMqStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return new RabbitMqStatistics
                {
                    IsConnected = _session is { IsOpen: true },
                    IsBlocked = _session is { IsBlocked: true },
                    Connects = _connects,
                    Losses = _losses,
                    Failures = _failures,
                    LastFailure = _lastFailure,
                };
            }
        }
    }

    /// <summary>The connection that there is now, if there is one.</summary>
    internal BrokerSession? Current => Volatile.Read(ref _session) is { IsOpen: true } session ? session : null;

    /// <summary>Whether somebody has asked for a connection.</summary>
    internal bool IsStarted => Volatile.Read(ref _running) is not null;

    internal bool IsRequired => _options.Required;

    internal BrokerAddress Address => _address;

    internal TimeSpan FirstPause => _options.FirstReconnectDelay;

    internal TimeSpan MaxPause => _options.MaxReconnectDelay;

    /// <summary>Connects, and keeps connected until it is stopped. A second call waits for the same.</summary>
    /// <returns>When it is connected; where the broker is not <see cref="RabbitMqOptions.Required"/>, after the first attempt, whatever came of it.</returns>
    /// <exception cref="BrokerUnavailableException">The broker is required, and the first attempt failed. It is not tried again.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            _running ??= Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        }

        await _first.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connection, within some seconds. Pools that use it are to be stopped before.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_gate)
        {
            running = _running;
            _stopping.Cancel();
        }

        if (running is not null)
        {
            await running.ConfigureAwait(false);
        }

        _first.TrySetCanceled(CancellationToken.None);
        _metrics.Dispose();
    }

    /// <summary>The connection that there is, or the next one. It may end at any time: see its <see cref="BrokerSession.Ended"/>.</summary>
    internal async Task<BrokerSession> SessionAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<BrokerSession> next;
            lock (_gate)
            {
                next = _next.Task;
            }

            var session = await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (session.IsOpen)
            {
                return session;
            }

            await session.End.WaitAsync(cancellationToken).ConfigureAwait(false);
            Withdraw(session);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var delay = new ReconnectDelay(_options.FirstReconnectDelay, _options.MaxReconnectDelay);
        try
        {
            while (true)
            {
                if (await TryConnectAsync(cancellationToken).ConfigureAwait(false) is { } session)
                {
                    await using (session.ConfigureAwait(false))
                    {
                        delay.Reset();
                        _first.TrySetResult();
                        await HoldAsync(session, cancellationToken).ConfigureAwait(false);
                    }
                }
                else if (_first.Task.IsFaulted)
                {
                    return; // told to whoever started it
                }

                await Task.Delay(delay.Next(Random.Shared.NextDouble()), _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task HoldAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        try
        {
            var reason = await session.End.WaitAsync(cancellationToken).ConfigureAwait(false);
            Withdraw(session);
            lock (_gate)
            {
                _losses++;
            }

            LogLost(_address.Describe(), reason.ReplyCode, reason.ReplyText);
        }
        finally
        {
            Withdraw(session);
        }
    }

    private void Withdraw(BrokerSession session)
    {
        lock (_gate)
        {
            if (_session == session)
            {
                _session = null;
                _next = new TaskCompletionSource<BrokerSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    [LoggerMessage(5001, LogLevel.Warning, "The connection to the broker at {Broker} was lost ({Code}: {Reason}). It is made anew.")]
    private partial void LogLost(string broker, int code, string reason);
}
