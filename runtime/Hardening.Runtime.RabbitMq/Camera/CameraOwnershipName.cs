namespace Hardening.Camera;

/// <summary>Owned cameras of the host: keyed services cannot be listed.</summary>
internal sealed record CameraOwnershipName(string Name);
