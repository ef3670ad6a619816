using System;
using System.Threading;
using OpenCvSharp;

namespace Setup.Preview;

public sealed record PreviewSettings(int Device, int Width, int Height, string Title)
{
    public TimeSpan Reopen { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>Shows what the camera sees while somebody turns its screws. It shows what it grabs, and does nothing else with it.</summary>
public sealed class PreviewWindow(PreviewSettings settings)
{
    private const int Escape = 27;
    private const int Space = 32;

    private bool _paused;

    public long Shown { get; private set; }

    public void Run(CancellationToken token)
    {
        using var capture = new VideoCapture(settings.Device, VideoCaptureAPIs.V4L2);
        Configure(capture);
        using var frame = new Mat();
        while (!token.IsCancellationRequested)
        {
            if (!capture.Read(frame) || frame.Empty())
            {
                if (token.WaitHandle.WaitOne(settings.Reopen))
                {
                    return;
                }

                capture.Open(settings.Device, VideoCaptureAPIs.V4L2);
                Configure(capture);
                continue;
            }

            if (!_paused)
            {
                Cv2.ImShow(settings.Title, frame);
                Shown++;
            }

            switch (Cv2.WaitKey(1))
            {
                case Escape:
                    return;
                case Space:
                    _paused = !_paused;
                    break;
            }
        }
    }

    private void Configure(VideoCapture capture)
    {
        capture.Set(VideoCaptureProperties.FrameWidth, settings.Width);
        capture.Set(VideoCaptureProperties.FrameHeight, settings.Height);
        capture.Set(VideoCaptureProperties.BufferSize, 1);
    }
}

public static class Program
{
    public static int Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        var device = args.Length > 0 && int.TryParse(args[0], out var number) ? number : 0;
        var preview = new PreviewWindow(new PreviewSettings(device, 1280, 1024, $"Camera {device}"));
        preview.Run(stop.Token);
        Console.WriteLine($"{preview.Shown} pictures were shown.");
        return preview.Shown > 0 ? 0 : 1;
    }
}
