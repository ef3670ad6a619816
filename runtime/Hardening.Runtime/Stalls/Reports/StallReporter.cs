using Hardening.Stalls.Actions;
using Hardening.Stalls.Sampling;
using Microsoft.Extensions.Logging;

namespace Hardening.Stalls.Reports;

/// <summary>Does what the policy says about each stall: log, metric, health, file, callbacks, and, where it is asked for, the end of the process.</summary>
internal sealed partial class StallReporter : IDisposable
{
    // Stalls that are on, and those that were: so many are told apart at the same time.
    private const int MaxRemembered = 256;

    private readonly StallReportOptions _reports;
    private readonly StallPolicy _policy;
    private readonly StallReportFiles _files;
    private readonly StallCallback[] _callbacks;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StallReportMetrics _metrics;
    private readonly ServiceNotifier? _notifier;
    private readonly StallHealth? _health;
    private readonly GuardedCalls _writes = new("stall-reports");
    private readonly GuardedCalls _calls = new("stall-callbacks");
    private readonly Dictionary<StallCause, RateLimit> _rates = [];
    private readonly Dictionary<string, Admission> _admissions = new(StringComparer.Ordinal);
    private readonly Queue<string> _remembered = new();
    private readonly RateLimit _fileRate;
    private readonly RateLimit _errorRate; // of log messages that would come with each report

    /// <param name="reports">Checked options.</param>
    /// <param name="policy">Checked options; its callbacks are read once.</param>
    /// <param name="root">What a relative directory is under: the host's content root, or the working directory.</param>
    /// <param name="time">The clock of rates.</param>
    /// <param name="logger">Where stalls are logged.</param>
    /// <param name="metrics">The caller's.</param>
    /// <param name="notifier">The caller's; null where there is no service manager.</param>
    /// <param name="health">The caller's; null where nobody asks.</param>
    public StallReporter(
        StallReportOptions reports, StallPolicy policy, string root, TimeProvider time, ILogger logger, StallReportMetrics metrics, ServiceNotifier? notifier = null, StallHealth? health = null)
    {
        (_reports, _policy, _time, _logger, _metrics, _notifier, _health) = (reports, policy, time, logger, metrics, notifier, health);
        _files = new StallReportFiles(reports, root, time);
        _callbacks = [.. policy.Callbacks];
        _fileRate = new RateLimit(reports.MaxPerMinute, time);
        _errorRate = new RateLimit(1, time);
    }

    internal int Remembered => _admissions.Count;

    internal int HangingWrites => _writes.LeftBehind;

    /// <summary>How a dump is written; a test's own.</summary>
    internal Func<string, StallDump, TimeSpan, string?> WriteDump { get; init; } = ProcessDump.Write;

    /// <summary>How the process ends; a test's own.</summary>
    internal Action<string> FailFast { get; init; } = static message => Environment.FailFast(message);

    /// <summary>
    /// To be called by one thread, which it holds for as long as the limits of the options allow: when a stall is detected, and again, with the same id, when its cause turns out to be another and when it
    /// is over. Never throws.
    /// </summary>
    public void Report(StallReport report, StallWindow window)
    {
        try
        {
            Act(report, window);
        }
        catch (Exception e)
        {
            LogFailed(e, report.Id);
        }
    }

    public void Dispose()
    {
        _writes.Dispose();
        _calls.Dispose();
    }

    private void Act(StallReport report, StallWindow window)
    {
        var cause = report.Verdict.Cause;
        var rule = _policy.For(cause);
        var admission = Remember(report.Id);
        var isNew = admission.Causes.Add(cause); // a second look may find another cause
        if (isNew && rule.Actions.HasFlag(StallActions.Metric))
        {
            _metrics.Reported(cause);
        }

        _health?.Explained(report, rule.Actions.HasFlag(StallActions.Health));
        if (isNew && !admission.ToActions && !(admission.ToActions = RateOf(cause, rule).TryTake()))
        {
            _metrics.Acted("all", "rate_limited");
        }

        if (!admission.ToActions)
        {
            return;
        }

        var isFile = rule.Actions.HasFlag(StallActions.Report) || (report.HasEnded && admission.ToFile is true); // no file tells for ever of what is over
        var path = isFile ? WriteFiles(report, window, admission) : null;
        if (rule.Actions.HasFlag(StallActions.Log))
        {
            Log(report, path);
        }

        if (rule.Actions.HasFlag(StallActions.Health))
        {
            _notifier?.Status(report.HasEnded ? $"Running. Last stall: {report.Headline}" : report.Headline);
        }

        Call(report, cause, rule.Actions, admission);

        if (!report.HasEnded && !cause.IsOutside())
        {
            Restart(report, rule.Actions);
        }
    }

    private Admission Remember(string id)
    {
        if (_admissions.TryGetValue(id, out var known))
        {
            return known;
        }

        _remembered.Enqueue(id);
        if (_remembered.Count > MaxRemembered)
        {
            _admissions.Remove(_remembered.Dequeue());
        }

        return _admissions[id] = new Admission();
    }

    private RateLimit RateOf(StallCause cause, StallRule rule)
    {
        if (!_rates.TryGetValue(cause, out var rate))
        {
            _rates[cause] = rate = new RateLimit(rule.MaxPerMinute, _time);
        }

        return rate;
    }

    private string? WriteFiles(StallReport report, StallWindow window, Admission admission)
    {
        if (_files.Directory is null)
        {
            return null;
        }

        if (admission.ToFile is null)
        {
            admission.ToFile = _fileRate.TryTake();
            if (admission.ToFile is false)
            {
                _metrics.Lost("rate_limited");
            }
        }

        if (admission.ToFile is false)
        {
            return null;
        }

        string? path = null;
        var outcome = _writes.Run(isWanted => path = _files.Write(report, window, isWanted), _reports.WriteTimeout, out var error);
        if (outcome == CallOutcome.Done)
        {
            _metrics.Acted("report", "done");
            return path;
        }

        _metrics.Acted("report", OutcomeTag(outcome));
        _metrics.Lost(OutcomeTag(outcome));
        if (_errorRate.TryTake())
        {
            LogNotWritten(error, report.Id, _files.Directory, outcome);
        }

        return null;
    }

    private void Log(StallReport report, string? path)
    {
        if (report.HasEnded)
        {
            LogEnded(report.Headline, report.Duration, path ?? "no file");
        }
        else
        {
            LogStalled(report.Headline, report.Verdict.Cause, report.Duration, path ?? "no file");
        }

        _metrics.Acted("log", "done");
    }

    // Who heard of the beginning hears of the end, whatever the cause turned out to be: it may have paused something.
    private void Call(StallReport report, StallCause cause, StallActions actions, Admission admission)
    {
        foreach (var callback in _callbacks)
        {
            var isWanted = actions.HasFlag(StallActions.Callback) && callback.IsFor(cause);
            if (!isWanted && !(report.HasEnded && admission.Told.Contains(callback)))
            {
                continue;
            }

            admission.Told.Add(callback);
            var outcome = _calls.Run(_ => callback.Call(report), _policy.CallbackTimeout, out var error);
            _metrics.Acted("callback", OutcomeTag(outcome));
            if (outcome != CallOutcome.Done)
            {
                LogCallbackFailed(error, callback.Call.Method.Name, report.Id, outcome);
            }
        }
    }

    private static string OutcomeTag(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Done => "done",
        CallOutcome.Failed => "failed",
        CallOutcome.TimedOut => "timed_out",
        _ => "refused",
    };

    /// <summary>What may be done about one stall, and who was told of it.</summary>
    private sealed class Admission
    {
        public HashSet<StallCause> Causes { get; } = [];

        public HashSet<StallCallback> Told { get; } = [];

        public bool ToActions { get; set; }

        /// <summary>Null until a file was first wanted.</summary>
        public bool? ToFile { get; set; }
    }
}
