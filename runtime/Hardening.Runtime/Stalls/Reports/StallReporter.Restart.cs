using Hardening.Stalls.Actions;

namespace Hardening.Stalls.Reports;

// The actions that cost the process its life.
internal sealed partial class StallReporter
{
    private void Restart(StallReport report, StallActions actions)
    {
        if (actions.HasFlag(StallActions.TriggerWatchdog))
        {
            LogTriggers(report.Headline);
            _metrics.Acted("trigger_watchdog", _notifier is null ? "no_service_manager" : _notifier.Trigger() ? "done" : "failed");
        }

        if (actions.HasFlag(StallActions.FailFast))
        {
            var path = actions.HasFlag(StallActions.Dump) ? Dump(report) : null;
            LogFailsFast(report.Headline, path ?? "no dump");
            _metrics.Acted("fail_fast", "done");
            FailFast($"The stall watchdog ends the process, as its policy says for {report.Verdict.Cause}: {report.Headline} (report {report.Id})");
        }
    }

    private string? Dump(StallReport report)
    {
        string? path = null;
        string? missing = null;
        var outcome = _writes.Run(_ => missing = WriteDump(path = _files.DumpPath(report.Id, _policy.MaxDumps), _policy.Dump, _policy.DumpTimeout), _policy.DumpTimeout, out var error);
        if (outcome == CallOutcome.Done && missing is null)
        {
            _metrics.Acted("dump", "done");
            return path;
        }

        _metrics.Acted("dump", outcome == CallOutcome.Done ? "failed" : OutcomeTag(outcome));
        LogNoDump(error, missing ?? OutcomeTag(outcome));
        return null;
    }
}
