namespace Hardening.BrokerHost.Cameras;

/// <summary>What a host of cameras prints about one of them, again and again.</summary>
/// <param name="Camera">Its name.</param>
/// <param name="IsOwned">Whether this host has the right to run it.</param>
/// <param name="IsWaiting">Whether it stands in line for it, behind another host.</param>
/// <param name="Term">How often it has changed hands.</param>
/// <param name="Received">Frames since this host runs it; 0 while it does not.</param>
/// <param name="Lost">Frames that are missing in the camera's numbers.</param>
/// <param name="Outages">How often it fell silent or went.</param>
public sealed record CameraReport(string Camera, bool IsOwned, bool IsWaiting, long Term, long Received, long Lost, long Outages);
