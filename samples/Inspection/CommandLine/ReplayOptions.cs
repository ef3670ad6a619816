using Hardening.Camera.Recording;
using Inspection.Cameras;

namespace Inspection.CommandLine;

/// <summary>Recordings in the place of cameras.</summary>
internal sealed record ReplayOptions
{
    /// <summary>Where they are.</summary>
    public required string Directory { get; init; }

    /// <summary>As recorded, like cameras, or as fast as they are worked on.</summary>
    public required RecordingPace Pace { get; init; }

    /// <summary>What was found there; empty until somebody has looked.</summary>
    public IReadOnlyList<ReplayedCamera> Cameras { get; init; } = [];
}
