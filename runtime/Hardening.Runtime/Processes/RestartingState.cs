namespace Hardening.Processes;

/// <summary>What a <see cref="RestartingProcess"/> does.</summary>
public enum RestartingState
{
    /// <summary>Nothing: it was not started, was stopped, or is done (<see cref="RestartOn.Failure"/>).</summary>
    Stopped,

    /// <summary>Its process is being started.</summary>
    Starting,

    /// <summary>Its process runs.</summary>
    Running,

    /// <summary>Its process has ended, or could not be started, and is started again after a delay.</summary>
    BackingOff,

    /// <summary>Its process ended too often and stays down until <see cref="RestartingProcess.StartAsync"/>.</summary>
    GivenUp,
}

/// <summary>A <see cref="RestartingProcess"/> has come to another state.</summary>
public sealed class RestartingStateEventArgs(RestartingState state, ProcessExit? lastExit, TimeSpan? delay) : EventArgs
{
    /// <summary>The new state.</summary>
    public RestartingState State { get; } = state;

    /// <summary>How the last run ended; null before the first end, and where the last start failed.</summary>
    public ProcessExit? LastExit { get; } = lastExit;

    /// <summary>The time until the next start; null in other states than <see cref="RestartingState.BackingOff"/>.</summary>
    public TimeSpan? Delay { get; } = delay;
}
