using Microsoft.Extensions.Logging;

namespace Hardening.Pool;

internal static partial class ProcessPoolLog
{
    [LoggerMessage(3000, LogLevel.Information, "Pool {Pool} starts {Workers} workers and {Spares} to spare: {Command}.")]
    public static partial void Starting(this ILogger logger, string pool, int workers, int spares, string command);

    [LoggerMessage(3001, LogLevel.Information, "Pool {Pool} has stopped: {Succeeded} of {Submitted} jobs succeeded.")]
    public static partial void Stopped(this ILogger logger, string pool, long succeeded, long submitted);

    [LoggerMessage(3002, LogLevel.Warning, "Pool {Pool} was stopped before its jobs were done: {Left} are ended with their workers.")]
    public static partial void CutShort(this ILogger logger, string pool, long left);

    [LoggerMessage(3003, LogLevel.Error, "Pool {Pool}: {Left} workers could not be ended.")]
    public static partial void NotEnded(this ILogger logger, string pool, int left);

    [LoggerMessage(3120, LogLevel.Error, "A worker of pool {Pool} could not be started; {Failures} in a row.")]
    public static partial void StartFailed(this ILogger logger, Exception failure, string pool, int failures);

    [LoggerMessage(3121, LogLevel.Warning, "Worker {ProcessId} of pool {Pool} ended: {Reason}, exit code {ExitCode}, signal {Signal}, after {Jobs} jobs. Another one takes its place.")]
    public static partial void WorkerEnded(this ILogger logger, int processId, string pool, WorkerEnd reason, int? exitCode, int? signal, int jobs);

    [LoggerMessage(3122, LogLevel.Debug, "Worker {ProcessId} of pool {Pool} has done its {Jobs} jobs and is replaced.")]
    public static partial void Recycled(this ILogger logger, int processId, string pool, int jobs);
}
