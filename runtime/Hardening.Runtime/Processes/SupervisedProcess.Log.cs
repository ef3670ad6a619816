using Microsoft.Extensions.Logging;

namespace Hardening.Processes;

/// <summary>What a supervised process logs.</summary>
internal static partial class SupervisedProcessLog
{
    [LoggerMessage(3300, LogLevel.Debug, "{Process} has started as process {ProcessId}: {Path}.")]
    public static partial void ChildStarted(this ILogger logger, string process, int processId, string path);

    [LoggerMessage(3301, LogLevel.Debug, "{Process} (process {ProcessId}) has ended after {Duration} ({Reason}): {Exit}.")]
    public static partial void ChildExited(this ILogger logger, string process, int processId, TimeSpan duration, string reason, ProcessExit exit);

    [LoggerMessage(3302, LogLevel.Warning, "{Process} (process {ProcessId}) was ended by signal {Signal} after {Duration}, and not by this application.")]
    public static partial void ChildSignalled(this ILogger logger, string process, int processId, int signal, TimeSpan duration);

    [LoggerMessage(3303, LogLevel.Warning, "Output of {Process} (process {ProcessId}) is dropped: nobody reads its {Stream}, and {CaptureBytes} bytes are kept. The rest is counted, and not logged.")]
    public static partial void OutputCut(this ILogger logger, string process, int processId, string stream, int captureBytes);

    [LoggerMessage(3304, LogLevel.Error, "A handler of {Event} of {Process} (process {ProcessId}) threw; the others are called.")]
    public static partial void ChildHandlerFailed(this ILogger logger, Exception exception, string @event, string process, int processId);

    [LoggerMessage(3305, LogLevel.Error, "{Process} (process {ProcessId}) has not ended {Waited} after it was asked to.")]
    public static partial void ChildNotEnded(this ILogger logger, string process, int processId, TimeSpan waited);

    [LoggerMessage(3306, LogLevel.Error, "{Process} (process {ProcessId}) was ended with its supervisor, which was lost.")]
    public static partial void ChildLost(this ILogger logger, string process, int processId);

    [LoggerMessage(3307, LogLevel.Error, "{Left} processes that {Process} (process {ProcessId}) started could not be ended: they are another user's, or stuck in the kernel.")]
    public static partial void ChildrenLeft(this ILogger logger, string process, int processId, int left);
}
