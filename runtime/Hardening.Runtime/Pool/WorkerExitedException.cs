namespace Hardening.Pool;

/// <summary>A worker ended while it worked on the job: it crashed, was killed, or exited by itself. Other jobs are not affected.</summary>
/// <remarks>A new worker is in its place. The job may have been done in part: submit it again if it may be begun twice, or have the pool do that (<see cref="ProcessPoolOptions.MaxAttempts"/>). See in <see cref="ErrorOutput"/> and <see cref="Signal"/> what ended it.</remarks>
public sealed class WorkerExitedException : IOException
{
    /// <summary>Says how it ended.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="processId">The worker.</param>
    /// <param name="exitCode">The code that it gave, or 128 + the signal.</param>
    /// <param name="signal">The signal that ended it; null when it exited by itself.</param>
    /// <param name="errorOutput">What it wrote last.</param>
    public WorkerExitedException(string pool, int processId, int exitCode, int? signal, string errorOutput)
        : base(Describe(pool, processId, exitCode, signal, errorOutput)) =>
        (PoolName, ProcessId, ExitCode, Signal, ErrorOutput) = (pool, processId, exitCode, signal, errorOutput);

    /// <summary>The name of the pool.</summary>
    public string PoolName { get; }

    /// <summary>The worker's process id, which the system may have given to another since.</summary>
    public int ProcessId { get; }

    /// <summary>The code that it gave, or 128 + the signal that ended it.</summary>
    public int ExitCode { get; }

    /// <summary>The number of the signal that ended it (signal(7)); null when it exited by itself.</summary>
    public int? Signal { get; }

    /// <summary>The last lines that it wrote to standard error; empty when there are none.</summary>
    public string ErrorOutput { get; }

    private static string Describe(string pool, int processId, int exitCode, int? signal, string errorOutput) =>
        $"Worker {processId} of pool '{pool}' {(signal is { } number ? $"was ended by signal {number}{Meaning(number)}" : $"exited with code {exitCode}")} while it worked on the job. "
        + "The job may have been done in part; where it may be begun twice, MaxAttempts has it tried again." + LastOutput.Describe(errorOutput);

    private static string Meaning(int signal) => signal switch
    {
        6 => " (SIGABRT: it gave up by itself)",
        7 => " (SIGBUS: it touched memory that is not there)",
        9 => " (SIGKILL: from an administrator, or from the kernel when memory ran out)",
        11 => " (SIGSEGV: it touched memory that is not its own)",
        15 => " (SIGTERM)",
        _ => "",
    };
}
