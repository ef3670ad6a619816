namespace Hardening.Pool;

/// <summary>
/// What became of the jobs of one caller, up to one moment:
/// <c>Submitted = Succeeded + Failed + TimedOut + Cancelled + Rejected + DeadLettered + Buffered + Pending</c>, always.
/// </summary>
public sealed record RabbitPoolStatistics
{
    /// <summary>Jobs that were handed to the pool, accepted or not.</summary>
    public required long Submitted { get; init; }

    /// <summary>Jobs with a result.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Jobs without one: they threw, or their answer was lost with the connection (<see cref="RabbitResults.Direct"/>), or the pool was stopped.</summary>
    public required long Failed { get; init; }

    /// <summary>Jobs that had no answer by their deadline, or ran on a worker for longer than its pool allows.</summary>
    public required long TimedOut { get; init; }

    /// <summary>Jobs that their caller cancelled. A host may do them all the same.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Jobs that the broker never had: its queue or the buffer was full.</summary>
    public required long Rejected { get; init; }

    /// <summary>Jobs that hosts gave up, which lie in the queue of dead letters: workers or hosts ended under them, or they could not be read.</summary>
    public required long DeadLettered { get; init; }

    /// <summary>Jobs that wait in this process: for room, or for the broker's word that it has them.</summary>
    public required long Buffered { get; init; }

    /// <summary>Jobs that the broker has, or a host.</summary>
    public required long Pending { get; init; }

    /// <summary>Further answers to a job that had one. They were dropped: the job was done more than once.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Answers to jobs that had ended without: they were late, or cancelled. They were dropped.</summary>
    public required long Late { get; init; }

    /// <summary>Answers to jobs of nobody here: of an earlier process with the same <see cref="RabbitPoolOptions.CallerName"/>, or longer ago than <see cref="RabbitPoolOptions.RememberedJobs"/>.</summary>
    public required long Unclaimed { get; init; }

    /// <summary>Answers that could not be read. They were dropped.</summary>
    public required long Malformed { get; init; }

    /// <summary>Jobs that were sent again, since the connection was lost before the broker's word for them came. The broker may have had them, and they be done twice.</summary>
    public required long Republished { get; init; }
}
