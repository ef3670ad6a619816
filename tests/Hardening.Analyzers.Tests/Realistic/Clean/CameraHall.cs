using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Plant.Hall;

public sealed record Sight(string Camera, double Difference);

/// <summary>Five cameras, a picture of each at every cycle of the press. OpenCV has one thread, since the cameras are compared side by side.</summary>
public sealed class CameraHall : IDisposable
{
    private readonly List<(string Name, VideoCapture Capture, Mat Frame, Mat Reference)> _cameras = [];
    private readonly ConcurrentDictionary<string, Sight> _sights = new(StringComparer.Ordinal);

    static CameraHall() => Cv2.SetNumThreads(1);

    public CameraHall(IEnumerable<(string Name, int Device)> cameras)
    {
        foreach (var (name, device) in cameras.Take(5))
        {
            _cameras.Add((name, new VideoCapture(device, VideoCaptureAPIs.V4L2), new Mat(), new Mat()));
        }
    }

    public int Count => _cameras.Count;

    public IReadOnlyDictionary<string, Sight> Sights => _sights;

    public int TakeReferences()
    {
        var taken = 0;
        foreach (var (_, capture, _, reference) in _cameras)
        {
            if (capture.Read(reference) && !reference.Empty())
            {
                taken++;
            }
        }

        return taken;
    }

    public IReadOnlyList<string> Cycle(CancellationToken token)
    {
        var dark = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 5, CancellationToken = token };
        Parallel.ForEach(_cameras, options, camera =>
        {
            if (!camera.Capture.Read(camera.Frame) || camera.Frame.Empty())
            {
                dark.Add(camera.Name);
                return;
            }

            using var difference = new Mat();
            Cv2.Absdiff(camera.Frame, camera.Reference, difference);
            _sights[camera.Name] = new Sight(camera.Name, Cv2.Sum(difference).Val0);
        });
        return [.. dark.Order(StringComparer.Ordinal)];
    }

    public Sight? Find(string camera) => _sights.TryGetValue(camera, out var sight) ? sight : null;

    public double Worst() => _sights.IsEmpty ? 0 : _sights.Values.Max(sight => sight.Difference);

    public void Dispose()
    {
        foreach (var (_, capture, frame, reference) in _cameras)
        {
            capture.Dispose();
            frame.Dispose();
            reference.Dispose();
        }

        _cameras.Clear();
    }
}
