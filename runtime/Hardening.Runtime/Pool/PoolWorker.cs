using Hardening.Pool.Serving;

namespace Hardening.Pool;

/// <summary>The other side of a pool: a process that does its jobs.</summary>
public static class PoolWorker
{
    /// <summary>Whether a pool has started this process as a worker.</summary>
    public static bool IsWorker => WorkerEnvironment.IsWorker;

    /// <summary>
    /// First statement of <c>Main</c> of an application that is trimmed or compiled ahead of time and whose pool uses <see cref="WorkerCommand.ThisApplication{THandler}"/>:
    /// in a worker it does the jobs until the pool has no more of them. Other applications need not call it.
    /// </summary>
    /// <returns>False when this process is no worker: <c>Main</c> goes on. True after the last job: it returns.</returns>
    public static bool RunIfWorker() => RunIfWorker(HandlerLookup.Named(WorkerEnvironment.Take(WorkerEnvironment.Handler)));

    /// <summary>As <see cref="RunIfWorker()"/>, with a handler of the caller's choice.</summary>
    /// <param name="handler">Makes the handler; called in a worker alone.</param>
    public static bool RunIfWorker(Func<IJobHandler> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (!IsWorker)
        {
            return false;
        }

        WorkerRun.Run(handler);
        return true;
    }

    /// <summary>Does the jobs of a pool that has started this program by <see cref="WorkerCommand.Executable"/>, until it has no more of them. On the calling thread.</summary>
    /// <param name="handler">Used for all jobs, and disposed at the end where it can be.</param>
    /// <exception cref="InvalidOperationException">No pool has started this process.</exception>
    public static void Run(IJobHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (!IsWorker)
        {
            throw new InvalidOperationException("This program is a worker, which a pool starts (WorkerCommand.Executable); by itself it has no jobs to do.");
        }

        WorkerRun.Run(() => handler);
    }
}
