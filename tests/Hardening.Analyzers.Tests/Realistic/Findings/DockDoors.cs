using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Logistics.Docks;

public sealed class Dock(string name, VideoCapture camera) : IDisposable
{
    public string Name { get; } = name;

    public VideoCapture Camera { get; } = camera;

    public Mat Reference { get; } = new();

    public void Dispose()
    {
        Reference.Dispose();
        Camera.Dispose();
    }
}

/// <summary>Sees at which doors of the warehouse a truck stands.</summary>
public sealed class DockDoors : IDisposable
{
    private readonly List<Dock> _docks = [];
    private readonly ConcurrentDictionary<string, bool> _occupied = new(StringComparer.Ordinal);
    private readonly BlockingCollection<Mat> _archive = new(); // HRD4008
    private Mat? _last;

    public IReadOnlyDictionary<string, bool> Occupied => _occupied;

    public void Add(string name, string address)
    {
        var camera = new VideoCapture();
        camera.Open(address);
        _docks.Add(new Dock(name, camera));
    }

    public void AddGate(int number)
    {
        var camera = new VideoCapture($"http://10.0.8.{number}/mjpg/video.mjpg"); // HRD4007
        _docks.Add(new Dock($"gate {number}", camera));
    }

    public void Look(CancellationToken token)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, _docks.Count), CancellationToken = token };
        Parallel.ForEach(_docks, options, dock =>
        {
            using var frame = new Mat();
            if (!dock.Camera.Read(frame) || frame.Empty())
            {
                _occupied.TryRemove(dock.Name, out _);
                return;
            }

            using var difference = new Mat();
            Cv2.Absdiff(frame, dock.Reference, difference);
            Cv2.Threshold(difference, difference, 25, 255, ThresholdTypes.Binary); // HRD4003
            _occupied[dock.Name] = difference.Rows > 100;
        });
    }

    public void Watch(Dock dock, CancellationToken token)
    {
        using var frame = new Mat();
        while (!token.IsCancellationRequested)
        {
            dock.Camera.Grab(); // HRD4006
            if (dock.Camera.Retrieve(frame))
            {
                _last = frame; // HRD4005
                _archive.Add(frame.Clone(), token);
            }
        }
    }

    public async Task StoreAsync(Func<byte[], Task> store, CancellationToken token)
    {
        while (_archive.TryTake(out var picture))
        {
            using (picture)
            {
                await store(picture.ToBytes()).WaitAsync(token);
            }
        }
    }

    public bool HasPicture() => _last is { } last && !last.Empty();

    public void Dispose()
    {
        _docks.ForEach(dock => dock.Dispose());
        _archive.Dispose();
    }
}
