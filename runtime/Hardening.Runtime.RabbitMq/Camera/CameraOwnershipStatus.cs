namespace Hardening.Camera;

/// <summary>What a host knows of one camera.</summary>
/// <param name="Camera">Its name.</param>
/// <param name="State">Whether this host runs it.</param>
/// <param name="Term">How often the camera has changed hands, as far as this host knows; 0 before it has had it. It only rises, so that results of a former owner can be told from those of the present one.</param>
/// <param name="FormerOwner">The host that had it before this one; null when none had, or when this host never had it.</param>
/// <param name="Frames">What became of its frames since this host has it; null while its pipeline does not run.</param>
public sealed record CameraOwnershipStatus(string Camera, CameraOwnershipState State, long Term, string? FormerOwner, FramePipelineStatistics? Frames);

/// <summary>How a host stands to a camera.</summary>
public enum CameraOwnershipState
{
    /// <summary>It does not stand in line: there is no broker, it has as many cameras as it may have, or it has just passed this one on.</summary>
    Away,

    /// <summary>It stands in line; another host may run it.</summary>
    Waiting,

    /// <summary>It has the right to run it, and does, or is about to.</summary>
    Owned,
}
