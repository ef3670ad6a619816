using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hardening.Processes;

/// <summary>
/// Keeps one supervised process running: one that ends is started again after a delay, which grows, and is given up when it ends too often. There is never
/// more than one: the next is started when the last has ended with all its descendants.
/// </summary>
/// <remarks>Members may be called from any thread.</remarks>
public sealed partial class RestartingProcess : IDisposable, IAsyncDisposable
{
    private readonly RestartPolicy _policy;
    private readonly Func<CancellationToken, Task<IKeptRun>> _start;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly Meter? _ownMeter;
    private readonly RestartMetrics _metrics;
    private readonly Lock _gate = new();
    private RestartSession? _session;
    private bool _isDisposed;

    /// <summary>Makes one that does not run yet.</summary>
    /// <param name="name">The name in metrics and logs: low in cardinality.</param>
    /// <param name="options">What it runs, and when it is restarted. Read now: later changes have no effect.</param>
    /// <param name="time">The clock of delays and limits. Default: the system's.</param>
    /// <param name="logger">Where its ends and restarts are logged. Default: nowhere.</param>
    /// <param name="meters">Where its meter comes from. Default: a meter of its own.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public RestartingProcess(
        string name, RestartingProcessOptions options, TimeProvider? time = null, ILogger<RestartingProcess>? logger = null, IMeterFactory? meters = null)
        : this(
            name, Valid(name, options).Restart.Copy(),
            KeptProcess.Starter(name, options, time ?? TimeProvider.System, logger, meters is null ? ProcessMetrics.Shared : new ProcessMetrics(RuntimeMeter.Create(meters))),
            time ?? TimeProvider.System, logger, meters, Random.Shared)
    {
    }

    internal RestartingProcess(
        string name, RestartPolicy policy, Func<CancellationToken, Task<IKeptRun>> start, TimeProvider time, ILogger? logger, IMeterFactory? meters, Random random)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, _policy, _start, _time, _random) = (name, policy, start, time, random);
        _logger = logger ?? NullLogger.Instance;
        var meter = RuntimeMeter.Create(meters);
        _ownMeter = meters is null ? meter : null;
        _metrics = new RestartMetrics(meter, name);
    }

    /// <summary>Raised by the loop that keeps the process running, which goes on when the handler returns: a handler must not wait for a start or a stop.</summary>
    public event EventHandler<RestartingStateEventArgs>? StateChanged;

    /// <summary>The name in metrics and logs.</summary>
    public string Name { get; }

    /// <summary>
    /// Starts the process, and returns when it runs or when its first start has failed: that is logged, and tried again as after any end. Does nothing where it is
    /// started already; one that was stopped, is done or was given up begins anew.
    /// </summary>
    /// <param name="cancellationToken">Gives the start up: it is then stopped.</param>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RestartSession session;
        var isNew = false;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_session is not { IsOver: false })
            {
                var before = _session?.Loop ?? Task.CompletedTask;
                var begun = new RestartSession();
                begun.Loop = Task.Run(() => RunAsync(begun, before), CancellationToken.None);
                _session = begun;
                isNew = true;
            }

            session = _session;
        }

        try
        {
            await session.FirstTry.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (isNew)
        {
            await EndAsync(session, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Stops the process with its descendants, or the wait for its next start. Takes no longer than <see cref="RestartingProcessOptions.StopGracePeriod"/> and the
    /// moment that SIGKILL takes.
    /// </summary>
    /// <param name="cancellationToken">Ends the grace period at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (LastSession is { } session)
        {
            await EndAsync(session, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the process to end, and does not wait: it is still given its grace period.</summary>
    public void Dispose()
    {
        Close()?.Stop();
        _ownMeter?.Dispose();
    }

    /// <summary>Stops the process, as <see cref="StopAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Close() is { } session)
        {
            await EndAsync(session, CancellationToken.None).ConfigureAwait(false);
        }

        _ownMeter?.Dispose();
    }

    private RestartSession? LastSession
    {
        get
        {
            lock (_gate)
            {
                return _session;
            }
        }
    }

    private RestartSession? Close()
    {
        lock (_gate)
        {
            _isDisposed = true;
            return _session;
        }
    }

    private static RestartingProcessOptions Valid(string name, RestartingProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new RestartingProcessOptionsValidator().Validate(name, options) is { Failed: true } failed
            ? throw new OptionsValidationException(name, typeof(RestartingProcessOptions), failed.Failures!)
            : options;
    }

    private static async Task EndAsync(RestartSession session, CancellationToken hurry)
    {
        session.Stop();
        await using var registration = hurry.UnsafeRegister(static session => ((RestartSession)session!).Hurry(), session).ConfigureAwait(false);
        await session.Loop.ConfigureAwait(false); // never faults, and bounded by the grace period
    }
}
