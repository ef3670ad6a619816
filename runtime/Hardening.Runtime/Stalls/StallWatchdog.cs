using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hardening.Stalls;

/// <summary>
/// Watches heartbeats from a thread of its own: a timer would queue behind the very thread pool whose starvation it must see. Tells of a heartbeat
/// that falls silent, and of its own late wake-ups, which mean that the whole process did not get to run.
/// </summary>
public sealed partial class StallWatchdog : IDisposable
{
    private readonly StallWatchdogOptions _options;
    private readonly StallDetector _detector;
    private readonly Meter? _ownMeter;
    private readonly StallMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Lock _gate = new();
    private Thread? _thread;
    private bool _disposed;
    private long _stallCount;
    private long _lateWakeUps;

    /// <summary>Makes a watchdog that does not run yet.</summary>
    /// <param name="options">When silence counts as a stall. Default: the defaults of <see cref="StallWatchdogOptions"/>.</param>
    /// <param name="time">The clock that silence is measured with. Default: the system's.</param>
    /// <param name="logger">Where stalls are logged. Default: nowhere.</param>
    /// <param name="meters">Where its meter comes from. Default: a meter of its own.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public StallWatchdog(
        StallWatchdogOptions? options = null, TimeProvider? time = null, ILogger<StallWatchdog>? logger = null, IMeterFactory? meters = null)
    {
        _options = options ?? new StallWatchdogOptions();
        if (new StallWatchdogOptionsValidator().Validate(null, _options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(nameof(StallWatchdogOptions), typeof(StallWatchdogOptions), failed.Failures!);
        }

        _detector = new StallDetector(time ?? TimeProvider.System);
        _logger = logger ?? NullLogger<StallWatchdog>.Instance;
        var meter = RuntimeMeter.Create(meters);
        _ownMeter = meters is null ? meter : null;
        _metrics = new StallMetrics(meter);
    }

    /// <summary>Raised on the watchdog's thread when a heartbeat has been silent for too long. A handler that blocks blinds the watchdog.</summary>
    public event EventHandler<StallEventArgs>? StallDetected;

    /// <summary>Raised on the watchdog's thread when a silent heartbeat is back.</summary>
    public event EventHandler<StallEventArgs>? StallEnded;

    /// <summary>How many stalls were detected.</summary>
    public long StallCount => Volatile.Read(ref _stallCount);

    /// <summary>How often the watchdog itself woke later than <see cref="StallWatchdogOptions.LateAfter"/>.</summary>
    public long LateWakeUps => Volatile.Read(ref _lateWakeUps);

    /// <summary>Watches a further activity until the heartbeat is disposed. May be called from any thread, before or after <see cref="Start"/>.</summary>
    /// <param name="name">The name in metrics, logs and events: low in cardinality. It need not be unique.</param>
    /// <param name="stallAfter">A limit of its own, at least twice <see cref="StallWatchdogOptions.CheckEvery"/>. Default: <see cref="StallWatchdogOptions.StallAfter"/>.</param>
    /// <param name="isCritical">Whether the application is of no use while it stands still (<see cref="Heartbeat.IsCritical"/>).</param>
    public Heartbeat Track(string name, TimeSpan? stallAfter = null, bool isCritical = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (stallAfter is { } limit)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, _options.CheckEvery * 2, nameof(stallAfter));
        }

        return _detector.Track(name, stallAfter ?? _options.StallAfter, isCritical);
    }

    /// <summary>Starts the watchdog's thread; a second call does nothing.</summary>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_thread is null)
            {
                _thread = new Thread(Run) { Name = "stall-watchdog", IsBackground = true };
                _thread.Start();
            }
        }
    }

    /// <summary>Ends the watchdog's thread, which is waited for up to 5 s: a handler may be running.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            thread = _thread;
        }

        _stopping.Set();
        if (thread is null)
        {
            DisposeOwned();
        }
        else if (thread != Thread.CurrentThread && !thread.Join(TimeSpan.FromSeconds(5)))
        {
            LogNotEnded();
        }
    }

    // By the watchdog's thread as its last act, if it was started: a handler may dispose the watchdog from it.
    private void DisposeOwned()
    {
        _stopping.Dispose();
        _ownMeter?.Dispose();
    }

    private void Run()
    {
        Action<StallChange> tell = Tell; // once, not per check
        var usage = ProcessUsage.Now();
        while (!_stopping.Wait(_options.CheckEvery))
        {
            var late = _detector.Check(_options.CheckEvery, tell);
            var before = usage;
            usage = ProcessUsage.Now();
            if (late > _options.LateAfter)
            {
                Interlocked.Increment(ref _lateWakeUps);
                _metrics.WokeLate(late);
                var during = usage - before;
                LogWokeLate(late, during.User, during.System, during.GcPause);
            }
        }

        DisposeOwned();
    }

    private void Tell(StallChange change)
    {
        if (change.HasEnded)
        {
            _metrics.Ended(change.Heartbeat, change.Silence);
            LogEnded(change.Heartbeat, change.Silence);
            Raise(StallEnded, change);
        }
        else
        {
            Interlocked.Increment(ref _stallCount);
            _metrics.Detected(change.Heartbeat);
            LogStalled(change.Heartbeat, change.Silence);
            Raise(StallDetected, change);
        }
    }

    // One bad handler must not end the watch, nor keep the others from hearing.
    private void Raise(EventHandler<StallEventArgs>? handlers, StallChange change)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(this, new StallEventArgs(change.Heartbeat, change.Silence));
            }
            catch (Exception e)
            {
                LogHandlerFailed(e, change.Heartbeat);
            }
        }
    }

    /// <summary>What the process has used up to a moment: the first thing to know of a late wake-up. System time says kernel, no time at all says stopped or starved.</summary>
    private readonly record struct ProcessUsage(TimeSpan User, TimeSpan System, TimeSpan GcPause)
    {
        public static ProcessUsage Now()
        {
            var cpu = Environment.CpuUsage;
            return new(cpu.UserTime, cpu.PrivilegedTime, GC.GetTotalPauseDuration());
        }

        public static ProcessUsage operator -(ProcessUsage a, ProcessUsage b) => new(a.User - b.User, a.System - b.System, a.GcPause - b.GcPause);
    }

    [LoggerMessage(2001, LogLevel.Error, "Heartbeat {Heartbeat} has been silent for {Silence}.")]
    private partial void LogStalled(string heartbeat, TimeSpan silence);

    [LoggerMessage(2002, LogLevel.Information, "Heartbeat {Heartbeat} is back after {Silence}.")]
    private partial void LogEnded(string heartbeat, TimeSpan silence);

    [LoggerMessage(2003, LogLevel.Warning, "The watchdog woke {Late} late: the process did not get to run. Meanwhile it used {User} of user and {System} of system CPU time, and paused {GcPause} for garbage collection.")]
    private partial void LogWokeLate(TimeSpan late, TimeSpan user, TimeSpan system, TimeSpan gcPause);

    [LoggerMessage(2004, LogLevel.Error, "A handler of the stall of heartbeat {Heartbeat} threw; the watch goes on.")]
    private partial void LogHandlerFailed(Exception exception, string heartbeat);

    [LoggerMessage(2005, LogLevel.Error, "The watchdog's thread did not end within 5 s, and is left behind: a handler blocks it.")]
    private partial void LogNotEnded();
}
