namespace Hardening.Pool;

/// <summary>A worker took more memory than <see cref="ProcessPoolOptions.MaxWorkerBytes"/> and was ended.</summary>
/// <remarks>Raise the limit if one job needs more. If the worker leaks, have it replaced in time (<see cref="ProcessPoolOptions.MaxJobsPerWorker"/>). If <see cref="IsFresh"/>, every worker has more than the limit before its first job: raise it.</remarks>
public sealed class WorkerMemoryException : IOException
{
    /// <summary>Says how much it had.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="processId">The worker.</param>
    /// <param name="residentBytes">What it had.</param>
    /// <param name="limitBytes">What it may have.</param>
    /// <param name="isFresh">Whether it had not begun a job yet, so that the limit is too low for every worker.</param>
    public WorkerMemoryException(string pool, int processId, long residentBytes, long limitBytes, bool isFresh = false)
        : base(isFresh
            ? $"A worker of pool '{pool}' has {residentBytes:N0} bytes resident before its first job, and MaxWorkerBytes is {limitBytes:N0}: every worker would be ended at once. Set MaxWorkerBytes well above {residentBytes:N0}."
            : $"Worker {processId} of pool '{pool}' had {residentBytes:N0} bytes resident, and MaxWorkerBytes is {limitBytes:N0}: it was ended while it worked on the job. The job needs more memory than that, or the worker leaks it; MaxJobsPerWorker replaces workers before it adds up.") =>
        (PoolName, ProcessId, ResidentBytes, LimitBytes, IsFresh) = (pool, processId, residentBytes, limitBytes, isFresh);

    /// <summary>The name of the pool.</summary>
    public string PoolName { get; }

    /// <summary>The worker's process id, which the system may have given to another since.</summary>
    public int ProcessId { get; }

    /// <summary>Its resident memory, as in /proc/PID/statm.</summary>
    public long ResidentBytes { get; }

    /// <summary>The <see cref="ProcessPoolOptions.MaxWorkerBytes"/> of the pool.</summary>
    public long LimitBytes { get; }

    /// <summary>Whether it had not begun a job yet, so that the limit is too low for every worker.</summary>
    public bool IsFresh { get; }
}
