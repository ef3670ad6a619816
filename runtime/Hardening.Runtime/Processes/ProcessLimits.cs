namespace Hardening.Processes;

/// <summary>Resource limits of a supervised process, which its descendants inherit each for itself (setrlimit(2)). What is null stays as the application has it.</summary>
public sealed record ProcessLimits
{
    /// <summary>The address space, 1 MiB or more, in bytes (RLIMIT_AS): allocations beyond it fail. Programs that reserve far more than they use, as .NET does, need more than they use.</summary>
    public long? MemoryBytes { get; set; }

    /// <summary>How many descriptors may be open at once, 4 or more (RLIMIT_NOFILE).</summary>
    public int? OpenFiles { get; set; }

    /// <summary>CPU time, up to 3,650 days (RLIMIT_CPU, whole seconds, rounded up): SIGXCPU at the limit, SIGKILL a second later.</summary>
    public TimeSpan? CpuTime { get; set; }
}
