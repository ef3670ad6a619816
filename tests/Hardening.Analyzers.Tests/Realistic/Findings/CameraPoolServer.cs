using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using OpenCvSharp;

namespace Plant.CameraPool;

public sealed class CameraConfig
{
    public required string Name { get; init; }

    public required int Device { get; init; }

    public int ClassifyEvery { get; init; } = 60;
}

/// <summary>
/// Grabs from all cameras of the line, keeps the latest picture of each for the operators, and has every sixtieth classified by a Python worker.
/// </summary>
public sealed class CameraPoolServer
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Mat> _latest = new(StringComparer.Ordinal);
    private readonly List<Process> _workers = [];
    private readonly IReadOnlyList<CameraConfig> _cameras;
    private readonly string _script;
    private volatile bool _stopping;

    public CameraPoolServer(IReadOnlyList<CameraConfig> cameras, string script)
    {
        _cameras = cameras;
        _script = script;
    }

    public void Start()
    {
        Cv2.SetNumThreads(1);
        foreach (var camera in _cameras)
        {
            new Thread(() => Grab(camera)) { IsBackground = true, Name = camera.Name }.Start();
        }
    }

    public Mat? Latest(string name)
    {
        lock (_gate)
        {
            return _latest.GetValueOrDefault(name)?.Clone();
        }
    }

    public void Stop()
    {
        _stopping = true;
        lock (_workers)
        {
            foreach (var worker in _workers)
            {
                worker.Kill(); // HRD3003
                worker.Dispose();
            }

            _workers.Clear();
        }
    }

    private void Grab(CameraConfig camera)
    {
        using var capture = new VideoCapture(camera.Device, VideoCaptureAPIs.V4L2);
        using var frame = new Mat();
        using var mask = new Mat();
        for (var number = 0; !_stopping; number++) // HRD4001
        {
            capture.Read(frame); // HRD4006
            lock (_gate)
            {
                _latest[camera.Name] = frame; // HRD4005
            }

            Cv2.Threshold(frame, mask, 30, 255, ThresholdTypes.Binary);
            if (number % camera.ClassifyEvery == 0 && Cv2.CountNonZero(mask) > 0)
            {
                Classify(camera, number, mask);
            }
        }
    }

    private void Classify(CameraConfig camera, int number, Mat mask)
    {
        var file = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"{camera.Name}-{number}.png"));
        Cv2.ImWrite(file, mask);
        var worker = Process.Start("python3", [_script, file]); // HRD3007
        lock (_workers)
        {
            _workers.Add(worker);
        }
    }
}
