using OpenCvSharp;

namespace RuleTour.Camera;

/// <summary>Looks for edges in each frame. While it looks, nobody takes frames from the driver, and what does not fit there is lost.</summary>
internal sealed class EdgeWatch(VideoCapture camera)
{
    public long Inspected { get; private set; }

    public void Run(CancellationToken stop)
    {
        using var frame = new Mat();
        using var edges = new Mat();
        while (!stop.IsCancellationRequested && camera.Read(frame)) // HRD4001
        {
            Find(frame, edges);
            Inspected++;
        }
    }

    private static void Find(Mat frame, Mat edges) => Cv2.Canny(frame, edges, 50, 150);
}
