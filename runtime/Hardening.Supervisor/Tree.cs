namespace Hardening.Supervisor;

/// <summary>One child that the application asked for, with all its descendants.</summary>
internal sealed class Tree(uint number, int rootId, int gracePeriod, bool keepsDescendants)
{
    public uint Number => number;

    public int RootId => rootId;

    /// <summary>Not yet reaped: until then its pid means it and nothing else.</summary>
    public bool HasRoot { get; set; } = rootId != 0;

    /// <summary>In milliseconds.</summary>
    public int GracePeriod => gracePeriod;

    public bool KeepsDescendants => keepsDescendants;

    public Phase Phase { get; set; }

    /// <summary>When the next step is due, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long DueAt { get; set; } = long.MaxValue;

    public long KillingSince { get; set; }

    /// <summary>How many processes got SIGKILL.</summary>
    public int Killed { get; set; }

    /// <summary>The application has been told of the end: again would be too often.</summary>
    public bool IsReported { get; set; }
}

internal enum Phase
{
    Running,

    /// <summary>All have got SIGTERM; the grace period runs.</summary>
    Terminating,

    Killing,
}
