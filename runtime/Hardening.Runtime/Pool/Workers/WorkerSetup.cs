using Hardening.Processes;
using Microsoft.Extensions.Logging;

namespace Hardening.Pool.Workers;

/// <summary>What each worker of a pool is started with.</summary>
internal sealed record WorkerSetup
{
    public required string Pool { get; init; }

    /// <summary>Of each of the two rings of a .NET worker; a power of two.</summary>
    public required int ChannelBytes { get; init; }

    /// <summary>No message may be longer.</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>SIGTERM to SIGKILL, where the supervisor ends the worker by itself.</summary>
    public required TimeSpan StopGracePeriod { get; init; }

    public ProcessLimits? Limits { get; init; }

    /// <summary>At most four.</summary>
    public IReadOnlyList<SharedRegion> Regions { get; init; } = [];

    public required ILogger Logger { get; init; }

    public required TimeProvider Time { get; init; }
}
