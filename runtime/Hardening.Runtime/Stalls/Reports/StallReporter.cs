using Hardening.Stalls.Actions;
using Hardening.Stalls.Sampling;
using Microsoft.Extensions.Logging;

namespace Hardening.Stalls.Reports;

/// <summary>Does what the policy says about each stall: log, metric, health, file, callbacks, and, where it is asked for, the end of the process.</summary>
internal sealed partial class StallReporter : IDisposable
{
    /// <param name="reports">Checked options.</param>
    /// <param name="policy">Checked options; read once.</param>
    /// <param name="root">What a relative directory is under: the host's content root, or the working directory.</param>
    /// <param name="time">The clock of limits and rates.</param>
    /// <param name="logger">Where stalls are logged.</param>
    /// <param name="metrics">The caller's.</param>
    /// <param name="notifier">The caller's; null where there is no service manager.</param>
    /// <param name="health">The caller's; null where nobody asks.</param>
    public StallReporter(
        StallReportOptions reports, StallPolicy policy, string root, TimeProvider time, ILogger logger, StallReportMetrics metrics, ServiceNotifier? notifier = null, StallHealth? health = null)
    {
    }

    /// <summary>
    /// To be called by one thread, which it holds for as long as the limits of the options allow: when a stall is detected, and again, with the same id, when it is over. Never throws.
    /// </summary>
    public void Report(StallReport report, StallWindow window)
    {
    }

    public void Dispose()
    {
    }
}
