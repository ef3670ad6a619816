namespace Hardening.Pool;

/// <summary>A job ran longer than it may, and its worker was ended with it.</summary>
/// <remarks>A new worker is in its place; the job may have been done in part. If such jobs may take longer, raise <see cref="ProcessPoolOptions.JobTimeout"/>, or the limit of the job; if not, see in <see cref="ErrorOutput"/> where it hung.</remarks>
public sealed class JobTimedOutException : TimeoutException
{
    /// <summary>Says how long it may run.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="timeout">The limit.</param>
    /// <param name="processId">The worker.</param>
    /// <param name="errorOutput">What the worker wrote last.</param>
    public JobTimedOutException(string pool, TimeSpan timeout, int processId, string errorOutput)
        : base($"A job of pool '{pool}' ran for longer than {timeout}, and worker {processId} was ended with it. If such jobs may take longer, raise JobTimeout, or the Timeout of the job.{LastOutput.Describe(errorOutput)}") =>
        (PoolName, Timeout, ProcessId, ErrorOutput) = (pool, timeout, processId, errorOutput);

    /// <summary>The name of the pool.</summary>
    public string PoolName { get; }

    /// <summary>How long the job may run.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The worker's process id, which the system may have given to another since.</summary>
    public int ProcessId { get; }

    /// <summary>The last lines that the worker wrote to standard error; empty when there are none.</summary>
    public string ErrorOutput { get; }
}
