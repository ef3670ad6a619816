namespace Hardening.Processes;

/// <summary>What became of a process that ran to its end (<see cref="SupervisedProcess.RunAsync"/>).</summary>
/// <param name="Exit">How it ended.</param>
/// <param name="StandardOutput">Its output, up to <see cref="SupervisionOptions.CaptureBytes"/>: the newest, where there was more.</param>
/// <param name="StandardError">What it wrote to its standard error, likewise.</param>
public sealed record ProcessResult(ProcessExit Exit, string StandardOutput, string StandardError)
{
    /// <summary>How many bytes of the beginning of its output were dropped; 0 when <see cref="StandardOutput"/> is all of it.</summary>
    public long OutputCutBytes { get; init; }

    /// <summary>How many bytes of the beginning of its standard error were dropped.</summary>
    public long ErrorCutBytes { get; init; }

    /// <summary>From its start until it had exited and its output was read.</summary>
    public TimeSpan Duration { get; init; }
}
