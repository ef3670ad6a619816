namespace Hardening.Stalls;

/// <summary>A stall that began or ended.</summary>
public sealed class StallEventArgs(string heartbeat, TimeSpan silence, DateTimeOffset startedAt) : EventArgs
{
    /// <summary>The name of the heartbeat that is, or was, silent.</summary>
    public string Heartbeat { get; } = heartbeat;

    /// <summary>For how long so far, or in all.</summary>
    public TimeSpan Silence { get; } = silence;

    /// <summary>When it last moved. The event may come late on a machine that is overloaded.</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;
}
