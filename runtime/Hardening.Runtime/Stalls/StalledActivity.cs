namespace Hardening.Stalls;

/// <summary>An activity that stands still.</summary>
public sealed record StalledActivity
{
    /// <summary>What it is.</summary>
    public required StalledActivityKind Kind { get; init; }

    /// <summary>The name of its heartbeat; <c>thread-pool</c> or <c>process</c> for those that need none.</summary>
    public required string Name { get; init; }

    /// <summary>What it said it was doing (<see cref="Heartbeat.Enter"/>), the innermost last; empty when it said nothing.</summary>
    public string Label { get; init; } = "";

    /// <summary>The longest silence that is none.</summary>
    public required TimeSpan StallAfter { get; init; }

    /// <summary>How long it has been silent: until now, or until it moved again.</summary>
    public required TimeSpan Silence { get; init; }

    /// <summary>Whether it has moved again.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The system's number of the thread that beat last; 0 when it never has.</summary>
    public int ThreadId { get; init; }
}

/// <summary>What can stand still.</summary>
public enum StalledActivityKind
{
    /// <summary>A thread with a heartbeat.</summary>
    Heartbeat,

    /// <summary>Work in the thread pool's queue is not begun.</summary>
    ThreadPool,

    /// <summary>The watchdog's own thread woke too late: nothing of the process ran, or could have.</summary>
    Process,
}
