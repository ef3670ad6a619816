using Microsoft.Extensions.Logging;

namespace Hardening.Processes;

/// <summary>What is logged of processes that are kept running: 3400 the loop, 3420 their lines.</summary>
internal static partial class RestartingProcessLog
{
    [LoggerMessage(3400, LogLevel.Information, "Process {Process} runs as {ProcessId}.")]
    public static partial void Runs(this ILogger logger, string process, int processId);

    [LoggerMessage(3401, LogLevel.Warning, "Process {Process} {Exit} after {Ran}; it is started again in {Delay}.")]
    public static partial void Ended(this ILogger logger, string process, ProcessExit exit, TimeSpan ran, TimeSpan delay);

    [LoggerMessage(3402, LogLevel.Error, "Process {Process} could not be run; the next try is in {Delay}.")]
    public static partial void NotStarted(this ILogger logger, Exception? exception, string process, TimeSpan delay);

    [LoggerMessage(3403, LogLevel.Error, "Process {Process} {End} and is given up, after {Restarts} restarts within {Window}. It stays down until it is started again.")]
    public static partial void GivenUp(this ILogger logger, Exception? exception, string process, string end, int? restarts, TimeSpan window);

    [LoggerMessage(3404, LogLevel.Information, "Process {Process} exited with code 0 after {Ran}, and is done.")]
    public static partial void Done(this ILogger logger, string process, TimeSpan ran);

    [LoggerMessage(3405, LogLevel.Information, "Process {Process} was stopped.")]
    public static partial void Stopped(this ILogger logger, string process);

    [LoggerMessage(3406, LogLevel.Error, "A handler of process {Process} threw; the process is kept running.")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception, string process);

    [LoggerMessage(3407, LogLevel.Critical, "Process {Process} is given up: what keeps it running failed.")]
    public static partial void LoopFailed(this ILogger logger, Exception exception, string process);

    [LoggerMessage(3408, LogLevel.Error, "Process {Process} could not be ended with all its descendants; what is left of it is left behind.")]
    public static partial void NotEnded(this ILogger logger, Exception exception, string process);

    [LoggerMessage(3420, LogLevel.Information, "{Process}: {Line}")]
    public static partial void OutputLine(this ILogger logger, string process, string line);

    [LoggerMessage(3421, LogLevel.Information, "{Process} (error): {Line}")]
    public static partial void ErrorLine(this ILogger logger, string process, string line);
}
