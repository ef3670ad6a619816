using Hardening.Stalls.Analysis;
using Hardening.Stalls.Sampling;
using Microsoft.Extensions.Logging;

namespace Hardening.Stalls;

public sealed partial class StallWatchdog
{
    /// <summary>Tells the application, on the analyst's thread.</summary>
    private sealed class Audience(StallWatchdog watchdog) : IStallAudience
    {
        public void Tell(StallChange change)
        {
            if (change.Kind == StalledActivityKind.Process)
            {
                watchdog._metrics.WokeLate(change.Silence);
                watchdog.LogWokeLate(change.Silence, change.Usage.User, change.Usage.System, change.Usage.GcPause);
            }
            else
            {
                var startedAt = watchdog._time.UtcOf(change.Start);
                if (!change.HasEnded || change.IsWhole)
                {
                    watchdog._metrics.Detected(change.Name);
                    watchdog.LogStalled(change.Name, change.Silence);
                    watchdog.Raise(watchdog.StallDetected, new StallEventArgs(change.Name, change.Silence, startedAt), change.Name);
                }

                if (change.HasEnded)
                {
                    watchdog._metrics.Ended(change.Name, change.Silence);
                    watchdog.LogEnded(change.Name, change.Silence);
                    watchdog.Raise(watchdog.StallEnded, new StallEventArgs(change.Name, change.Silence, startedAt), change.Name);
                }
            }
        }

        public void Publish(StallReport report, StallWindow window)
        {
            watchdog._reporter.Report(report, window);
            watchdog.Raise(watchdog.StallReported, new StallReportEventArgs(report), report.Activities[0].Name);
        }
    }

    // One bad handler must not end the watch, nor keep the others from hearing.
    private void Raise<T>(EventHandler<T>? handlers, T arguments, string activity)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(this, arguments);
            }
            catch (Exception e)
            {
                LogHandlerFailed(e, activity);
            }
        }
    }

    [LoggerMessage(2001, LogLevel.Error, "Heartbeat {Heartbeat} has been silent for {Silence}.")]
    private partial void LogStalled(string heartbeat, TimeSpan silence);

    [LoggerMessage(2002, LogLevel.Information, "Heartbeat {Heartbeat} is back after {Silence}.")]
    private partial void LogEnded(string heartbeat, TimeSpan silence);

    [LoggerMessage(2003, LogLevel.Warning, "The watchdog woke {Late} late: the process did not get to run. Meanwhile it used {User} of user and {System} of system CPU time, and paused {GcPause} for garbage collection.")]
    private partial void LogWokeLate(TimeSpan late, TimeSpan user, TimeSpan system, TimeSpan gcPause);

    [LoggerMessage(2004, LogLevel.Error, "A handler of the stall of {Heartbeat} threw; the watch goes on.")]
    private partial void LogHandlerFailed(Exception exception, string heartbeat);

    [LoggerMessage(2005, LogLevel.Error, "The watchdog's thread did not end within 5 s, and is left behind.")]
    private partial void LogNotEnded();
}
