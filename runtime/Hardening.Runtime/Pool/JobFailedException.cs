namespace Hardening.Pool;

/// <summary>The job threw an exception in its worker, which goes on with the next one. <see cref="ToString"/> shows where it was thrown.</summary>
/// <remarks>Treat it as if the job had thrown in this process: the worker is well, and the same job fails again.</remarks>
public sealed class JobFailedException : Exception
{
    /// <summary>Tells the worker's exception.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="processId">The worker.</param>
    /// <param name="errorType">The type of its exception, as its language names it.</param>
    /// <param name="errorMessage">The message of its exception.</param>
    /// <param name="workerTrace">Where it was thrown; empty when it is not known.</param>
    public JobFailedException(string pool, int processId, string errorType, string errorMessage, string workerTrace)
        : base($"The job failed in worker {processId} of pool '{pool}': {errorType}: {errorMessage}") =>
        (PoolName, ProcessId, ErrorType, ErrorMessage, WorkerTrace) = (pool, processId, errorType, errorMessage, workerTrace);

    /// <summary>The name of the pool.</summary>
    public string PoolName { get; }

    /// <summary>The worker's process id, which the system may have given to another since.</summary>
    public int ProcessId { get; }

    /// <summary>The type of the worker's exception, as its language names it: <c>ValueError</c>, <c>System.FormatException</c>.</summary>
    public string ErrorType { get; }

    /// <summary>The message of the worker's exception.</summary>
    public string ErrorMessage { get; }

    /// <summary>Where it was thrown, as the worker's language tells it: a stack trace, a traceback. Empty when it is not known.</summary>
    public string WorkerTrace { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        WorkerTrace.Length == 0 ? base.ToString() : $"{base.ToString()}{Environment.NewLine}--- in the worker ---{Environment.NewLine}{WorkerTrace}";
}
