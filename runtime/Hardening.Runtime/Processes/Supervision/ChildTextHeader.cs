namespace Hardening.Processes.Supervision;

/// <summary>
/// What a child is started with, as it lies in the file that comes with <see cref="MessageKind.Start"/>: this header, then strings that end with 0, as execve(2) wants them:
/// path, working directory, arguments, environment. A file, since arguments may be far larger than a message.
/// </summary>
internal readonly struct ChildTextHeader
{
    public int Arguments { get; init; }

    public int Variables { get; init; }

    /// <summary>RLIMIT_AS, RLIMIT_NOFILE, RLIMIT_CPU; −1 where there is none.</summary>
    public long MemoryBytes { get; init; }

    public long OpenFiles { get; init; }

    public long CpuSeconds { get; init; }
}
