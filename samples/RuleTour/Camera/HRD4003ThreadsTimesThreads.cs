using OpenCvSharp;

namespace RuleTour.Camera;

/// <summary>Smooths pictures on four threads. OpenCV takes a thread for each core for each of them.</summary>
internal static class Smoothing
{
    private static readonly ParallelOptions s_four = new() { MaxDegreeOfParallelism = 4 };

    public static void Apply(IReadOnlyList<Mat> pictures)
    {
        Parallel.ForEach(pictures, s_four, picture =>
        {
            Cv2.GaussianBlur(picture, picture, new Size(5, 5), 0); // HRD4003
        });
    }
}
