using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenCvSharp;

namespace Garden.TimeLapse;

public sealed class TimeLapseOptions
{
    public string Folder { get; set; } = "pictures";

    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(5);

    public int Keep { get; set; } = 10_000;
}

/// <summary>A picture every five minutes. The camera is open for the moment of a picture only.</summary>
public sealed class TimeLapse(TimeLapseOptions options, ILogger<TimeLapse> logger) : BackgroundService
{
    private static readonly int[] Timeouts = [53, 5_000, 54, 5_000];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Directory.CreateDirectory(options.Folder);
        using var timer = new PeriodicTimer(options.Every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (!Shoot())
                {
                    logger.LogWarning("The camera gave no picture");
                }

                Clean();
            }
            catch (IOException failure)
            {
                logger.LogError(failure, "The picture could not be written");
            }
        }
    }

    private bool Shoot()
    {
        using var capture = new VideoCapture("rtsp://garden.local/still", VideoCaptureAPIs.FFMPEG, Timeouts);
        using var frame = new Mat();
        if (!capture.IsOpened() || !capture.Read(frame) || frame.Empty())
        {
            return false;
        }

        var name = DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + ".jpg";
        return Cv2.ImWrite(Path.Combine(options.Folder, name), frame);
    }

    private void Clean()
    {
        var old = new DirectoryInfo(options.Folder).EnumerateFiles("*.jpg").OrderByDescending(file => file.Name).Skip(options.Keep);
        foreach (var file in old)
        {
            file.Delete();
        }
    }
}

public static class Films
{
    public static long Make(string folder, string target, Size size)
    {
        using var writer = new VideoWriter(target, VideoWriter.FourCC("mp4v"), 25, size);
        var pictures = 0L;
        foreach (var file in Directory.EnumerateFiles(folder, "*.jpg").Order(StringComparer.Ordinal))
        {
            using var picture = Cv2.ImRead(file);
            if (!picture.Empty())
            {
                writer.Write(picture);
                pictures++;
            }
        }

        return pictures;
    }
}
