using System;
using System.Globalization;
using System.IO;
using System.Threading;
using Microsoft.Extensions.Logging;
using OpenCvSharp;

namespace Security.Recorder;

public sealed record RecorderOptions(string Host, string Folder, double FramesPerSecond, Size Size);

/// <summary>Records one network camera into files of ten minutes.</summary>
public sealed class RtspRecorder : IDisposable
{
    private static readonly TimeSpan FileLength = TimeSpan.FromMinutes(10);

    private readonly RecorderOptions _options;
    private readonly ILogger<RtspRecorder> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private long _recorded;

    public RtspRecorder(RecorderOptions options, ILogger<RtspRecorder> logger)
    {
        _options = options;
        _logger = logger;
        _thread = new Thread(Record) { IsBackground = true, Name = $"record {options.Host}" };
        _thread.Start();
    }

    public long Recorded => Interlocked.Read(ref _recorded);

    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.Join(TimeSpan.FromSeconds(5)))
        {
            _stop.Dispose();
        }
    }

    private void Record()
    {
        using var capture = new VideoCapture($"rtsp://{_options.Host}/live", VideoCaptureAPIs.FFMPEG); // HRD4007
        using var frame = new Mat();
        using var small = new Mat();
        while (!_stop.IsCancellationRequested)
        {
            using var writer = Open();
            var end = DateTime.UtcNow + FileLength;
            while (DateTime.UtcNow < end && !_stop.IsCancellationRequested) // HRD4001
            {
                if (!capture.Read(frame) || frame.Empty())
                {
                    _logger.LogWarning("{Host} gives no picture", _options.Host);
                    _stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
                    continue;
                }

                Cv2.Resize(frame, small, _options.Size);
                writer.Write(small);
                Interlocked.Increment(ref _recorded);
            }
        }
    }

    private VideoWriter Open()
    {
        var name = DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var file = Path.Combine(_options.Folder, $"{_options.Host}-{name}.mp4");
        return new VideoWriter(file, VideoWriter.FourCC("avc1"), _options.FramesPerSecond, _options.Size);
    }
}

public static class Snapshots
{
    public static bool Take(string host, string file)
    {
        using var capture = new VideoCapture("rtsp://" + host + "/live"); // HRD4007
        using var frame = new Mat();
        capture.Read(frame); // HRD4006
        return Cv2.ImWrite(file, frame);
    }

    public static void Clean(string folder, TimeSpan age)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.jpg"))
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > age)
            {
                File.Delete(file);
            }
        }
    }
}
