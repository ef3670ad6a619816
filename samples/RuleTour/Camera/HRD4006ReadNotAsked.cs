using OpenCvSharp;

namespace RuleTour.Camera;

/// <summary>Shows what a camera sees. When the cable is pulled it shows the last frame for ever, as fast as a processor can.</summary>
internal sealed class CameraMonitor(VideoCapture camera)
{
    public void Run(CancellationToken stop)
    {
        using var frame = new Mat();
        while (!stop.IsCancellationRequested)
        {
            camera.Read(frame); // HRD4006
            Cv2.ImShow("camera", frame);
        }
    }
}
