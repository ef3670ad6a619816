namespace Hardening.Pool;

/// <summary>What became of what a broker gave to a host, up to one moment: <c>Received = Answered + DeadLettered + Requeued + Returned + Expired + Repeated + Abandoned + Running</c>, always.</summary>
public sealed record RabbitPoolHostStatistics
{
    /// <summary>Whether it takes jobs now.</summary>
    public required bool IsServing { get; init; }

    /// <summary>How many jobs it is given at a time; 0 before it has served.</summary>
    public required int Prefetch { get; init; }

    /// <summary>Deliveries of jobs, each of a job that came again included.</summary>
    public required long Received { get; init; }

    /// <summary>Those whose answer, a failure too, the broker has confirmed, or that nobody waits for any more.</summary>
    public required long Answered { get; init; }

    /// <summary>Those that went to the queue of dead letters.</summary>
    public required long DeadLettered { get; init; }

    /// <summary>Those that were given back after a worker ended under them: another attempt.</summary>
    public required long Requeued { get; init; }

    /// <summary>Those that were given back not begun, or cut short by the host's stop.</summary>
    public required long Returned { get; init; }

    /// <summary>Those that came too late to be begun, or ran out of time.</summary>
    public required long Expired { get; init; }

    /// <summary>Those of a job that this host had already, or has answered: not done again.</summary>
    public required long Repeated { get; init; }

    /// <summary>Those whose connection was lost before they were answered: the broker gives them to another host, or to this one again.</summary>
    public required long Abandoned { get; init; }

    /// <summary>Those that are being worked on.</summary>
    public required long Running { get; init; }

    /// <summary>Deliveries that could not be read, or whose frames have another checksum: among <see cref="DeadLettered"/>.</summary>
    public required long Malformed { get; init; }

    /// <summary>Dead letters that the broker did not take, their queue being full: lost but for the log, and the caller told.</summary>
    public required long LostDeadLetters { get; init; }
}
