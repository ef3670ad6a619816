using System.Diagnostics.Metrics;
using Hardening.Processes;
using Hardening.Stalls.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hardening.Stalls;

/// <summary>
/// Takes the stacks of all threads of this process by a small process beside it, the witness, which holds it still for some tens of milliseconds: with source lines, and with the owners of locks. It works while the
/// thread pool is starved, a collection does not end or the process is stopped. The witness is restarted when it falls, and ends with the application.
/// </summary>
public sealed class WitnessStackSource : IThreadStackSource, IAsyncDisposable
{
    private const int MaxThreadIds = 1_000; // that are named in a request, which must be short
    private static readonly TimeSpan FreezeIsNews = TimeSpan.FromSeconds(5); // so long after its end, a capture is about it

    private readonly WitnessOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<WitnessStackSource>? _logger;
    private readonly ILogger _log;
    private readonly Meter? _ownMeter;
    private readonly WitnessMetrics _metrics;
    private readonly Func<string, RestartingProcessOptions> _command;
    private readonly int _target; // another process that is looked at; 0: this one
    private readonly Lock _gate = new();
    private WitnessLine? _line;
    private RestartingProcess? _process;
    private string? _problem;
    private bool _isDisposed;
    private bool _isBusy;
    private int _number;
    private long? _lastEnd;
    private ThreadStackCapture? _freeze;
    private long _freezeEnd;

    /// <summary>Makes a source whose witness does not run yet.</summary>
    /// <param name="options">How it works. Default: the defaults of <see cref="WitnessOptions"/>.</param>
    /// <param name="time">The clock of limits. Default: the system's.</param>
    /// <param name="logger">Where it logs. Default: nowhere.</param>
    /// <param name="meters">Where its meter comes from. Default: a meter of its own.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public WitnessStackSource(WitnessOptions? options = null, TimeProvider? time = null, ILogger<WitnessStackSource>? logger = null, IMeterFactory? meters = null)
        : this(options, time, logger, meters, command: null)
    {
    }

    internal WitnessStackSource(WitnessOptions? options, TimeProvider? time, ILogger<WitnessStackSource>? logger, IMeterFactory? meters, Func<string, RestartingProcessOptions>? command, int target = 0)
    {
        _target = target;
        _options = WitnessOptions.Checked(options);
        _time = time ?? TimeProvider.System;
        _logger = logger;
        _log = logger ?? (ILogger)NullLogger.Instance;
        var meter = RuntimeMeter.Create(meters);
        _ownMeter = meters is null ? meter : null;
        _metrics = new WitnessMetrics(meter);
        _command = command ?? (address => WitnessProgram.OptionsFor(address, _options.Restart));
    }

    /// <inheritdoc/>
    public string Name => "witness";

    /// <summary>Whether the witness runs and has taken its first look: from then on stacks take some tens of milliseconds.</summary>
    public bool IsReady => _line?.IsReady ?? false;

    /// <summary>The process id of the witness; null while none runs.</summary>
    public int? ProcessId => _process?.Current?.Id;

    /// <summary>Starts the witness, and returns when it runs or when its first start has failed, which is logged and tried again. It is ready some hundred milliseconds later. A second call does nothing.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RestartingProcess? process;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            process = _process is null ? Make() : null;
        }

        if (process is not null)
        {
            await process.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ThreadStackCapture Capture(ThreadStackRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var begin = _time.GetTimestamp();
        if (Begin(begin) is { } refusal)
        {
            return Tell(Missing(refusal));
        }

        try
        {
            return TakeFreeze() ?? Tell(Ask(request, begin, cancellationToken) is var capture && TakeFreeze() is { } freeze ? freeze : capture);
        }
        finally
        {
            lock (_gate)
            {
                (_isBusy, _lastEnd) = (false, _time.GetTimestamp());
            }
        }
    }

    /// <summary>Ends the witness.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        if (_line is { } line)
        {
            line.IsEnding = true;
            if (_process is { } process)
            {
                await process.DisposeAsync().ConfigureAwait(false);
            }

            await Task.Run(line.Dispose).ConfigureAwait(false); // it waits for its thread
        }

        _ownMeter?.Dispose();
    }

    private RestartingProcess? Make()
    {
        try
        {
            _line ??= new WitnessLine(_options, () => ProcessId, _log, NoteFreeze, _target);
            _process = new RestartingProcess("hardening-witness", _command(_line.Address), _time, _logger is null ? null : new ProcessLogger(_logger));
            _problem = null;
            return _process;
        }
        catch (Exception e) when (e is PlatformNotSupportedException or FileNotFoundException or System.Net.Sockets.SocketException or OptionsValidationException)
        {
            _problem = e.Message;
            _log.NoWitness(e, e.Message);
            return null;
        }
    }

    private string? Begin(long now)
    {
        lock (_gate)
        {
            if (_isDisposed || _process is null)
            {
                return _problem ?? "The witness is not started: add it to the host with AddStallWitness, or call StartAsync.";
            }

            if (_isBusy)
            {
                return "Another capture is under way.";
            }

            if (_lastEnd is { } last && _time.GetElapsedTime(last, now) < _options.CoolDown)
            {
                return $"The last capture is less than {_options.CoolDown.TotalSeconds:0.###} s ago (CoolDown).";
            }

            _isBusy = true;
            return null;
        }
    }

    private ThreadStackCapture Ask(ThreadStackRequest request, long begin, CancellationToken cancellationToken)
    {
        if (!_line!.AwaitReady(request.Limit, cancellationToken))
        {
            return Missing(WhyNotReady(request.Limit));
        }

        var left = request.Limit - _time.GetElapsedTime(begin);
        if (left <= TimeSpan.Zero)
        {
            return Missing(WhyNotReady(request.Limit));
        }

        try
        {
            // Whether a thread is in uninterruptible sleep the witness sees for itself, and later than the request: most such sleeps are over by then.
            var walkLimit = left < _options.WalkLimit ? left : _options.WalkLimit;
            var asked = new WitnessRequest(++_number, (int)Math.Max(1, left.TotalMilliseconds), (int)Math.Max(1, walkLimit.TotalMilliseconds), [.. request.ThreadIds.Take(MaxThreadIds)]);
            return _line.Ask(asked, left, cancellationToken) is { } answer ? Captured(answer, _time.GetElapsedTime(begin)) : Missing("The witness ended before it answered, and is started again.");
        }
        catch (TimeoutException)
        {
            return Missing($"The witness did not answer within {request.Limit.TotalSeconds:0.###} s.");
        }
    }

    private string WhyNotReady(TimeSpan limit) => _process?.State switch
    {
        RestartingState.GivenUp => "The witness ended too often and is not started again (log 3403): look at its lines in the log (3421).",
        RestartingState.BackingOff => $"The witness has ended, and is started again: it was not there within {limit.TotalSeconds:0.###} s.",
        _ => $"The witness was not ready within {limit.TotalSeconds:0.###} s: it is just starting.",
    };

    private ThreadStackCapture Captured(WitnessAnswer answer, TimeSpan took)
    {
        var capture = CaptureReader.Read(answer) with { Duration = took };
        if (capture.Threads.Count > 0)
        {
            var held = TimeSpan.FromMicroseconds(answer.Held);
            _metrics.Captured(took, held, capture.Source);
            _log.Captured(capture.Threads.Count, took, held);
        }

        return capture;
    }

    private ThreadStackCapture Missing(string why) => new() { Source = Name, Missing = why };

    private ThreadStackCapture Tell(ThreadStackCapture capture)
    {
        if (capture.Missing is { } missing)
        {
            _metrics.Missed();
            _log.StacksMissing(missing);
        }

        return capture;
    }

    // On the line's thread, as soon as the application runs again.
    private void NoteFreeze(WitnessFreeze freeze)
    {
        var silence = TimeSpan.FromMilliseconds(freeze.Took);
        _metrics.Frozen(silence);
        _log.WasFrozen(silence, freeze.State, freeze.Answer.Threads.Count, freeze.WillPath);
        var capture = CaptureReader.Read(freeze.Answer);
        lock (_gate)
        {
            _freeze = capture with { Source = $"{capture.Source}, while the application was frozen", Duration = TimeSpan.FromMicroseconds(freeze.Answer.Took) };
            _freezeEnd = _time.GetTimestamp();
        }
    }

    // What is asked for right after a freeze is what was seen in it: now, the threads do something else.
    private ThreadStackCapture? TakeFreeze()
    {
        lock (_gate)
        {
            var freeze = _freeze is not null && _time.GetElapsedTime(_freezeEnd) < FreezeIsNews ? _freeze : null;
            _freeze = null;
            return freeze;
        }
    }

    // What it writes and how it ends is logged with the rest.
    private sealed class ProcessLogger(ILogger inner) : ILogger<RestartingProcess>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
