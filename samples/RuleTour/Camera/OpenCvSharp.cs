// What the exhibits use of OpenCvSharp, by name and signature: its package cannot be had from every feed, and the rules know its types by their names.
namespace OpenCvSharp;

internal enum ThresholdTypes
{
    Binary = 0,
}

internal readonly record struct Size(int Width, int Height);

internal sealed class Mat : IDisposable
{
    public Mat Clone() => new();

    public Mat Threshold(double thresh, double maxval, ThresholdTypes type) => new();

    public void Dispose()
    {
    }
}

internal sealed class VideoCapture(int index) : IDisposable
{
    public int Index => index;

    public bool Read(Mat image) => index >= 0;

    public void Dispose()
    {
    }
}

internal static class Cv2
{
    public static Mat ImRead(string fileName) => new();

    public static bool ImWrite(string fileName, Mat img) => true;

    public static void ImShow(string winName, Mat mat)
    {
    }

    public static int CountNonZero(Mat mtx) => 0;

    public static void GaussianBlur(Mat src, Mat dst, Size ksize, double sigmaX)
    {
    }

    public static void Canny(Mat src, Mat edges, double threshold1, double threshold2)
    {
    }
}
