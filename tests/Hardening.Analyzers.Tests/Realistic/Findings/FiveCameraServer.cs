using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Plant.FiveCameras;

public sealed record Finding(int Camera, long Number, int Pixels);

/// <summary>Five cameras over the belt: each has a thread that grabs, and a few workers look at what all of them have grabbed.</summary>
public sealed class FiveCameraServer : IDisposable
{
    private readonly ConcurrentQueue<(int Camera, Mat Frame)> _waiting = new(); // HRD4008
    private readonly ConcurrentBag<Finding> _findings = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _grabbers;
    private readonly Thread[] _workers;
    private long _number;

    public FiveCameraServer(int cameras)
    {
        _grabbers = [.. Enumerable.Range(0, Math.Min(cameras, 5)).Select(index => new Thread(() => Grab(index)) { IsBackground = true })];
        _workers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(Work) { IsBackground = true })]; // HRD4003
        Array.ForEach(_grabbers, thread => thread.Start());
        Array.ForEach(_workers, thread => thread.Start());
    }

    public Finding[] Findings => [.. _findings];

    public int Waiting => _waiting.Count;

    public int Measure(Mat[] frames)
    {
        var pixels = 0;
        Parallel.For(0, frames.Length, index =>
        {
            using var edges = new Mat();
            Cv2.Canny(frames[index], edges, 50, 150); // HRD4003
            Interlocked.Add(ref pixels, edges.Rows);
        });
        return pixels;
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_grabbers.Concat(_workers).All(thread => thread.Join(TimeSpan.FromSeconds(3))))
        {
            _stop.Dispose();
        }

        while (_waiting.TryDequeue(out var left))
        {
            left.Frame.Dispose();
        }
    }

    private void Grab(int index)
    {
        using var capture = new VideoCapture(index, VideoCaptureAPIs.V4L2);
        using var frame = new Mat();
        while (!_stop.IsCancellationRequested)
        {
            if (!capture.Read(frame))
            {
                _stop.Token.WaitHandle.WaitOne(200);
                continue;
            }

            _waiting.Enqueue((index, frame.Clone()));
        }
    }

    private void Work()
    {
        while (!_stop.IsCancellationRequested)
        {
            if (!_waiting.TryDequeue(out var next))
            {
                _stop.Token.WaitHandle.WaitOne(5);
                continue;
            }

            using var frame = next.Frame;
            using var mask = new Mat();
            Cv2.Threshold(frame, mask, 40, 255, ThresholdTypes.Binary);
            _findings.Add(new Finding(next.Camera, Interlocked.Increment(ref _number), mask.Rows));
        }
    }
}
