using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using OpenCvSharp;

namespace Media.Converting;

public sealed record ConversionResult(string Target, long Frames);

/// <summary>Makes smaller copies of video files. A file waits for its reader: nothing is lost while a picture is worked on.</summary>
public sealed class VideoConverter(Size size, double framesPerSecond)
{
    public IEnumerable<ConversionResult> ConvertFolder(string folder, CancellationToken token)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.avi"))
        {
            token.ThrowIfCancellationRequested();
            yield return Convert(file, Path.ChangeExtension(file, ".mp4"), token);
        }
    }

    public ConversionResult Convert(string file, string target, CancellationToken token)
    {
        using var capture = VideoCapture.FromFile(file);
        using var writer = new VideoWriter(target, VideoWriter.FourCC("mp4v"), framesPerSecond, size);
        using var frame = new Mat();
        using var small = new Mat();
        var frames = 0L;
        while (capture.Read(frame))
        {
            token.ThrowIfCancellationRequested();
            Cv2.Resize(frame, small, size);
            writer.Write(small);
            frames++;
        }

        return new ConversionResult(target, frames);
    }

    public int Contour(string fileName, string folder)
    {
        using var capture = new VideoCapture(fileName, VideoCaptureAPIs.FFMPEG);
        if (!capture.IsOpened())
        {
            throw new FileNotFoundException("The file cannot be read.", fileName);
        }

        using var frame = new Mat();
        using var gray = new Mat();
        using var edges = new Mat();
        var number = 0;
        while (true)
        {
            if (!capture.Read(frame) || frame.Empty())
            {
                break;
            }

            Cv2.CvtColor(frame, gray, ColorConversionCodes.BGR2GRAY);
            Cv2.Canny(gray, edges, 40, 120);
            Cv2.ImWrite(Path.Combine(folder, $"{number++:D6}.png"), edges);
        }

        return number;
    }

    public static bool HasPictures(string file)
    {
        using var capture = new VideoCapture("file://" + Path.GetFullPath(file));
        using var frame = new Mat();
        return capture.Grab() && capture.Retrieve(frame) && !frame.Empty();
    }
}

public static class VideoFiles
{
    private static readonly HashSet<string> s_known = new(StringComparer.OrdinalIgnoreCase) { ".avi", ".mp4", ".mkv", ".mov" };

    public static bool IsVideo(string file) => s_known.Contains(Path.GetExtension(file));
}
