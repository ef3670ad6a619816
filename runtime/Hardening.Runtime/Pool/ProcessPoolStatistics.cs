namespace Hardening.Pool;

/// <summary>
/// What became of the jobs and workers of a pool, up to one moment: <c>Submitted = Succeeded + Failed + TimedOut + Cancelled + Rejected + Queued + Running</c>, always.
/// </summary>
public sealed record ProcessPoolStatistics
{
    /// <summary>Jobs that were handed to the pool, accepted or not.</summary>
    public required long Submitted { get; init; }

    /// <summary>Jobs with a result.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Jobs without one: they threw, their worker ended, or there was no worker.</summary>
    public required long Failed { get; init; }

    /// <summary>Jobs that ran longer than they may.</summary>
    public required long TimedOut { get; init; }

    /// <summary>Jobs that their caller cancelled, before they were begun or later.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Jobs that were not begun because the queue was full or because they had ended too many workers.</summary>
    public required long Rejected { get; init; }

    /// <summary>Jobs that wait: for a worker, or for room in the queue.</summary>
    public required long Queued { get; init; }

    /// <summary>Jobs that a worker has.</summary>
    public required long Running { get; init; }

    /// <summary>Attempts beyond the first of their job.</summary>
    public required long Retries { get; init; }

    /// <summary>Jobs that are not begun any more, and their equals, since <see cref="ProcessPoolOptions.PoisonAfter"/> workers ended under them.</summary>
    public int QuarantinedJobs { get; init; }

    /// <summary>Workers that take jobs when all is well: <see cref="ProcessPoolOptions.Workers"/>.</summary>
    public int Workers { get; init; }

    /// <summary>Workers that take jobs.</summary>
    public required int ReadyWorkers { get; init; }

    /// <summary>Workers that were started and are not ready yet.</summary>
    public required int StartingWorkers { get; init; }

    /// <summary>Workers that are ready and wait to take the place of another.</summary>
    public required int SpareWorkers { get; init; }

    /// <summary>Workers that were started in all, the first ones included.</summary>
    public required long StartedWorkers { get; init; }

    /// <summary>Workers that were started in the place of one that ended without being asked to.</summary>
    public required long Restarts { get; init; }

    /// <summary>Workers that were replaced after their share of jobs, or because of their memory between two jobs.</summary>
    public required long Recycles { get; init; }

    /// <summary>Workers that the pool ended by force.</summary>
    public required long Kills { get; init; }

    /// <summary>How many starts in a row have failed up to now; 0 once one succeeds.</summary>
    public required int StartFailures { get; init; }

    /// <summary>Why the last start failed; null when it succeeded.</summary>
    public Exception? StartFailure { get; init; }
}
