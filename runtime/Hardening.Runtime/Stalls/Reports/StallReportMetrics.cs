using System.Diagnostics.Metrics;
using Hardening.Stalls.Actions;

namespace Hardening.Stalls.Reports;

internal sealed class StallReportMetrics(Meter meter)
{
    private readonly Counter<long> _reports = meter.CreateCounter<long>("hardening.stall.reports", "{report}", "Stalls by cause; one whose cause turns out to be another counts for both.");
    private readonly Counter<long> _lost = meter.CreateCounter<long>("hardening.stall.reports_lost", "{report}", "Reports that were not written to a file, by why.");
    private readonly Counter<long> _actions = meter.CreateCounter<long>("hardening.stall.actions", "{action}", "What was done about stalls, by action and how it went.");
    private readonly Counter<long> _notifyFailures = meter.CreateCounter<long>("hardening.stall.notify_failures", "{message}", "Messages that did not reach the service manager.");

    public void Reported(StallCause cause) => _reports.Add(1, new KeyValuePair<string, object?>("hardening.stall.cause", cause.Tag()));

    public void Lost(string reason) => _lost.Add(1, new KeyValuePair<string, object?>("hardening.loss.reason", reason));

    public void Acted(string action, string outcome) =>
        _actions.Add(1, new KeyValuePair<string, object?>("hardening.stall.action", action), new KeyValuePair<string, object?>("hardening.stall.outcome", outcome));

    public void NotifyFailed() => _notifyFailures.Add(1);
}
