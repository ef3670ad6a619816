using OpenCvSharp;

namespace RuleTour.Camera;

/// <summary>Looks which cameras are there. Afterwards they are, and all of them are busy.</summary>
internal static class CameraSearch
{
    public static bool IsThere(int index)
    {
        var camera = new VideoCapture(index); // HRD4007
        using var frame = new Mat();
        return camera.Read(frame);
    }
}
