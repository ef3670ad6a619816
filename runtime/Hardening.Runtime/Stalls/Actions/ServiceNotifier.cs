using Hardening.Stalls.Reports;
using Microsoft.Extensions.Logging;

namespace Hardening.Stalls.Actions;

/// <summary>Tells the service manager (systemd) how the service is: sd_notify(3).</summary>
internal sealed partial class ServiceNotifier : IDisposable
{
    /// <summary>The notifier that the environment asks for (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID); null when no service manager listens.</summary>
    public static ServiceNotifier? FromEnvironment(TimeProvider time, ILogger logger, StallReportMetrics metrics) => null;

    /// <summary>The service is up: once the host has started. Any thread.</summary>
    public void Ready()
    {
    }

    /// <summary>The service goes down: once the host stops. Any thread.</summary>
    public void Stopping()
    {
    }

    /// <summary>
    /// To be called at each check of the watchdog, by its thread. Sends <c>WATCHDOG=1</c> when half of its period has passed, and every critical activity moves or what holds it up is outside the process.
    /// Allocates nothing, blocks never, throws never.
    /// </summary>
    /// <param name="allCriticalFresh">Whether every critical activity moves.</param>
    /// <param name="present">The cause of the stall that is on, once it is known.</param>
    public void Tick(bool allCriticalFresh, StallCause? present)
    {
    }

    /// <summary>A line that <c>systemctl status</c> shows. Any thread.</summary>
    public void Status(string text)
    {
    }

    public void Dispose()
    {
    }
}
