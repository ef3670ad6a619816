using OpenCvSharp;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>Pictures that tell their number by their grey, and files of them.</summary>
internal static class Video
{
    private const int Greys = 45;

    /// <summary>The grey of a frame: 9, 14, 19 … Never 128: of that nothing is left when it is coded, and FFmpeg takes the end of the picture for missing.</summary>
    public static int Grey(long number) => 9 + (5 * (int)(number % Greys));

    /// <summary>Whether the frame shows this number; the coding changes a grey by up to 2.</summary>
    public static bool Shows(in FrameInfo info, ReadOnlySpan<byte> pixels, long number) =>
        Math.Abs(pixels[0] - Grey(number)) <= 2 && Math.Abs(pixels[info.Length - 1] - Grey(number)) <= 2;

    public static byte[] Jpeg(long number, int width, int height)
    {
        using var picture = new Mat(height, width, MatType.CV_8UC3, Scalar.All(Grey(number)));
        Cv2.ImEncode(".jpg", picture, out var bytes);
        return bytes;
    }

    /// <summary>A file that is deleted with the test's directory.</summary>
    public static string Write(string directory, int frames, int width = 64, int height = 48)
    {
        var path = Path.Combine(directory, $"{Guid.NewGuid():N}.avi");
        using var writer = new VideoWriter(path, VideoCaptureAPIs.OPENCV_MJPEG, VideoWriter.FourCC('M', 'J', 'P', 'G'), 25, new Size(width, height));
        Assert.That(writer.IsOpened(), "OpenCV cannot write a file");
        using var picture = new Mat(height, width, MatType.CV_8UC3);
        for (var number = 0; number < frames; number++)
        {
            picture.SetTo(Scalar.All(Grey(number)));
            writer.Write(picture);
        }

        return path;
    }
}
