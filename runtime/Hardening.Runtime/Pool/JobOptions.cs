using System.Runtime.InteropServices;

namespace Hardening.Pool;

/// <summary>What is different for one job. What is not set is as the pool's options say.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct JobOptions
{
    /// <summary>A worker that has not answered after this time is ended, and the job with it. 1 ms to 24 h; counts from when the job begins, anew for each attempt.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>After this time the worker is told to give up by itself. 1 ms to <see cref="Timeout"/>.</summary>
    public TimeSpan? SoftTimeout { get; init; }

    /// <summary>How often the job is begun, at most, where its worker ends or has to be ended. 1 to 10. A job that a worker has answered, with a failure too, is not tried again.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>What makes two jobs the same for the quarantine. Default: equal requests with the same frames.</summary>
    public string? Key { get; init; }
}
