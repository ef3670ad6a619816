using Microsoft.Extensions.Logging;

namespace Hardening.Pool.Workers;

/// <summary>What is logged of a worker's start and its outputs: 3100 to 3119.</summary>
internal static partial class WorkerOutputLog
{
    [LoggerMessage(3100, LogLevel.Debug, "Pool {Pool}, worker {ProcessId}: {Line}")]
    public static partial void WorkerWrote(this ILogger logger, string pool, int processId, string line);

    [LoggerMessage(3101, LogLevel.Debug, "Pool {Pool}, worker {ProcessId}: {Bytes} bytes of its output were not logged, the log is slower than the worker writes.")]
    public static partial void OutputCut(this ILogger logger, string pool, int processId, long bytes);
}
