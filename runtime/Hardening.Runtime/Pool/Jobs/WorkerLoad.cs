namespace Hardening.Pool.Jobs;

/// <summary>What the dispatcher knows of a worker. All of it under the dispatcher's lock.</summary>
internal sealed class WorkerLoad
{
    /// <summary>Whether it gets jobs: between its joining and its leaving.</summary>
    public bool IsMember { get; set; }

    /// <summary>How many jobs it was given that have not come back: those that are on their way to it and those whose answers are being looked at too. Idle is a worker with none.</summary>
    public int Assigned { get; set; }

    /// <summary>How many it may have while it is busy, for those who submit; 0: none but what it takes by itself.</summary>
    public int Ahead { get; set; }

    /// <summary>It gets no further job, by its own word: it has had its share, or has ended.</summary>
    public bool IsFull { get; set; }
}
