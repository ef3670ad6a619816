using Hardening.Camera;

namespace Inspection.Legacy;

/// <summary>A frame as the original passes it on: an array of its own for each.</summary>
internal sealed record CapturedFrame(int Camera, FrameInfo Info, byte[] Pixels);
