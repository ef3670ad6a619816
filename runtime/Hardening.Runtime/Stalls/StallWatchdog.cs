using System.Diagnostics.Metrics;
using Hardening.Interop;
using Hardening.Stalls.Actions;
using Hardening.Stalls.Analysis;
using Hardening.Stalls.Reports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hardening.Stalls;

/// <summary>
/// Watches heartbeats, the thread pool and the process from a thread of its own: a timer would queue behind the very thread pool whose starvation it must see. That thread measures
/// (<see cref="StallWatchdogOptions.Sampling"/>) and decides what stands still; a second one finds out why, tells handlers, and writes reports: a handler that blocks delays reports and blinds nothing.
/// </summary>
public sealed partial class StallWatchdog : IDisposable
{
    private const int MaxWatchedThreads = 1024;
    private const int Niceness = -10; // where that is allowed: a host that is overloaded should not keep the watch from seeing it

    private readonly StallWatchdogOptions _options;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<IThreadStackSource> _stackSources;
    private readonly StallDetector _detector;
    private readonly Meter? _ownMeter;
    private readonly StallMetrics _metrics;
    private readonly StallHealth _health;
    private readonly ServiceNotifier? _notifier;
    private readonly StallReporter _reporter;
    private readonly ILogger _logger;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Lock _gate = new();
    private StallInstruments? _instruments;
    private StallAnalyst? _analyst;
    private Thread? _thread;
    private bool _isStarted;
    private bool _disposed;
    private long _stallCount;
    private long _lateWakeUps;

    /// <summary>Makes a watchdog that does not run yet.</summary>
    /// <param name="options">When silence counts as a stall. Default: the defaults of <see cref="StallWatchdogOptions"/>.</param>
    /// <param name="time">The clock that silence is measured with. Default: the system's.</param>
    /// <param name="logger">Where stalls are logged. Default: nowhere.</param>
    /// <param name="meters">Where its meter comes from. Default: a meter of its own.</param>
    /// <param name="stackSources">Who tells what all threads are doing; asked in this order until one does. They remain the caller's. Default: none.</param>
    /// <param name="root">What a relative directory of reports is under. Default: the working directory.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public StallWatchdog(
        StallWatchdogOptions? options = null, TimeProvider? time = null, ILogger<StallWatchdog>? logger = null, IMeterFactory? meters = null, IEnumerable<IThreadStackSource>? stackSources = null,
        string? root = null)
    {
        _options = options ?? new StallWatchdogOptions();
        if (new StallWatchdogOptionsValidator().Validate(null, _options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(nameof(StallWatchdogOptions), typeof(StallWatchdogOptions), failed.Failures!);
        }

        _time = time ?? TimeProvider.System;
        _stackSources = [.. stackSources ?? []];
        _detector = new StallDetector(_time, _options.LateAfter);
        _logger = logger ?? NullLogger<StallWatchdog>.Instance;
        var meter = RuntimeMeter.Create(meters);
        _ownMeter = meters is null ? meter : null;
        _metrics = new StallMetrics(meter);
        var reportMetrics = new StallReportMetrics(meter);
        _health = new StallHealth(_time, _options.Policy.DegradedFor);
        _notifier = ServiceNotifier.FromEnvironment(_time, _logger, reportMetrics);
        _reporter = new StallReporter(_options.Reports, _options.Policy, root ?? Environment.CurrentDirectory, _time, _logger, reportMetrics, _notifier, _health);
    }

    /// <summary>Raised when an activity has been silent for too long, before anything is known of why. On a thread of the watchdog's own.</summary>
    public event EventHandler<StallEventArgs>? StallDetected;

    /// <summary>Raised when a silent activity is back. On the same thread as <see cref="StallDetected"/>.</summary>
    public event EventHandler<StallEventArgs>? StallEnded;

    /// <summary>Raised with the reasons: soon after a stall was detected, again when they turn out to be others, and when it is over. On the same thread as <see cref="StallDetected"/>.</summary>
    public event EventHandler<StallReportEventArgs>? StallReported;

    internal StallHealth Health => _health;

    internal ServiceNotifier? Notifier => _notifier;

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

    /// <summary>Whether it watches: it was started, and not disposed. Of one that does not, no stall ends any more.</summary>
    public bool IsWatching
    {
        get
        {
            lock (_gate)
            {
                return _isStarted && !_disposed;
            }
        }
    }

    /// <summary>Starts the watchdog's threads; a second call does nothing.</summary>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_isStarted)
            {
                return;
            }

            _isStarted = true;
        }

        var instruments = new StallInstruments(_options, _time); // opens files, which nobody should wait for
        var analyst = new StallAnalyst(_time, instruments, new StackTaker(_stackSources, _options.StackLimit, _time, _logger), new Audience(this), () => _detector.Activities, _logger);
        lock (_gate)
        {
            if (!_disposed)
            {
                (_instruments, _analyst) = (instruments, analyst);
                _thread = new Thread(Run) { Name = "stall-watchdog", IsBackground = true };
                _thread.Start();
                return;
            }
        }

        analyst.Dispose();
        instruments.Dispose();
    }

    /// <summary>Ends the watchdog's threads, which are waited for up to 5 s each: a handler may be running.</summary>
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
            _stopping.Dispose();
        }
        else if (thread != Thread.CurrentThread && !thread.Join(TimeSpan.FromSeconds(5)))
        {
            LogNotEnded();
            return; // what it uses stays
        }

        _analyst?.Dispose();
        _instruments?.Dispose();
        _reporter.Dispose();
        _notifier?.Dispose();
        _ownMeter?.Dispose();
    }

    private void Run()
    {
        _ = Libc.TryBeNice(Niceness);
        Rehearse();
        Action<StallChange> tell = Tell; // once, not per check
        var threads = new int[MaxWatchedThreads];
        var usage = ProcessUsage.Now();
        while (!_stopping.Wait(_options.CheckEvery))
        {
            var suspects = _detector.Suspects();
            _instruments!.Sample(threads.AsSpan(0, _detector.CopyThreads(threads)), suspects);
            var late = _detector.Check(_options.CheckEvery, _instruments.CanaryDelay, tell);
            _detector.CheckPool(_instruments.PoolDelay, _options.ThreadPoolStallAfter ?? _options.StallAfter, tell);
            _analyst!.NoteLost(_detector.TakeLostSilences());
            _health.Looked();
            _notifier?.Tick(_detector.IsCriticalFresh, _analyst.PresentCause);
            var before = usage;
            usage = ProcessUsage.Now();
            if (late > _options.LateAfter)
            {
                WokeLate(late, usage - before);
            }
        }

        _stopping.Dispose();
    }

    // What a stall calls is compiled when it is called first, which takes memory and locks that a storm keeps from everybody. So it is called once while all is well.
    private void Rehearse()
    {
        var detector = new StallDetector(_time, _options.LateAfter);
        using var heartbeat = detector.Track("rehearsal", TimeSpan.FromSeconds(-1)); // stalls at once
        Action<StallChange> tell = change => Tell(change with { IsRehearsal = true });
        detector.Check(TimeSpan.Zero, TimeSpan.Zero, tell);
        heartbeat.Beat(); // ends it
        heartbeat.Beat(); // and another silence, which nobody saw
        detector.Check(TimeSpan.Zero, TimeSpan.Zero, tell);
    }

    private void WokeLate(TimeSpan late, ProcessUsage usage)
    {
        Interlocked.Increment(ref _lateWakeUps);
        var now = _time.GetTimestamp();
        var start = now - (long)(late.TotalSeconds * _time.TimestampFrequency);
        _analyst!.Post(new StallChange(StalledActivityKind.Process, StallChange.Process, null, _options.LateAfter, late, start, now, HasEnded: true) { IsWhole = true, Usage = usage, IsReported = _detector.ProcessWasStill });
    }

    private void Tell(StallChange change)
    {
        var health = change.IsRehearsal ? new StallHealth(_time, TimeSpan.Zero) : _health;
        if (!change.HasEnded || change.IsWhole)
        {
            Volatile.Write(ref _stallCount, _stallCount + (change.IsRehearsal ? 0 : 1));
            health.Stalled(change.Key, StallIncident.Describe(change, change.Silence), change.Heartbeat?.IsCritical is true);
        }

        if (change.HasEnded)
        {
            health.Moved(change.Key);
        }

        _analyst!.Post(change);
    }
}
