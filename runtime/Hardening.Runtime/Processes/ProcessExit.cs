namespace Hardening.Processes;

/// <summary>How a process ended, and what it used.</summary>
/// <param name="ExitCode">The code that it gave, or 128 + the signal that ended it, as shells and <c>Process</c> have it.</param>
/// <param name="Signal">The number of the signal that ended it (signal(7)); null when it exited by itself.</param>
public readonly record struct ProcessExit(int ExitCode, int? Signal)
{
    /// <summary>The CPU time in user mode of the process and of those of its children that it waited for.</summary>
    public TimeSpan UserProcessorTime { get; init; }

    /// <summary>The CPU time in kernel mode of the process and of those of its children that it waited for.</summary>
    public TimeSpan PrivilegedProcessorTime { get; init; }

    /// <summary>The largest resident set, in bytes, of the process or of one of those children (ru_maxrss of getrusage(2)). Never less than some 30 MB: for a moment, before it becomes its program, it is in the supervisor's memory.</summary>
    public long PeakWorkingSetBytes { get; init; }

    /// <summary>The supervisor died first: the process was ended with it, and how it ended is not known. It is told as SIGKILL.</summary>
    public bool IsSupervisorLost { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Signal is { } signal ? $"ended by signal {signal}" : $"exited with code {ExitCode}";
}
