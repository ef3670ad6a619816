using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Orchard.Sorting;

public sealed class GrabbedFrame(IntPtr data, int width, int height, long number) : EventArgs
{
    public IntPtr Data { get; } = data;

    public int Width { get; } = width;

    public int Height { get; } = height;

    public long Number { get; } = number;
}

public interface ILaneCamera
{
    string Name { get; }

    event EventHandler<GrabbedFrame> FrameGrabbed;
}

public sealed record Fruit(string Lane, long Frame, byte[] Pixels, int Width);

/// <summary>Takes the pictures of all lanes, measures the fruit in them and opens the gates.</summary>
public sealed class FruitSorter(IReadOnlyList<ILaneCamera> cameras, string archive, Action<string, bool> openGate) : IDisposable
{
    private const int Sampled = 500;

    private readonly object _counters = new();
    private readonly Dictionary<string, long> _seen = [];
    private readonly Channel<Fruit> _fruit = Channel.CreateBounded<Fruit>(8);
    private long _dropped;

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Start()
    {
        foreach (var camera in cameras)
        {
            camera.FrameGrabbed += OnFrameGrabbed;
        }
    }

    public async Task SortAsync(CancellationToken token)
    {
        var degree = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = token };
        await Parallel.ForEachAsync(_fruit.Reader.ReadAllAsync(token), degree, (fruit, _) =>
        {
            openGate(fruit.Lane, IsRipe(fruit)); // HRD4003
            return ValueTask.CompletedTask;
        });
    }

    public string Report()
    {
        lock (_counters)
        {
            var lines = new List<string>();
            foreach (var (lane, seen) in _seen)
            {
                lines.Add($"{lane}: {seen}");
            }

            return string.Join('\n', lines);
        }
    }

    public void Dispose()
    {
        foreach (var camera in cameras)
        {
            camera.FrameGrabbed -= OnFrameGrabbed;
        }
    }

    private void OnFrameGrabbed(object? sender, GrabbedFrame frame)
    {
        var lane = ((ILaneCamera)sender!).Name;
        var pixels = new byte[frame.Width * frame.Height]; // HRD4009
        Marshal.Copy(frame.Data, pixels, 0, pixels.Length);
        lock (_counters) // HRD4004
        {
            _seen[lane] = _seen.GetValueOrDefault(lane) + 1;
        }

        if (frame.Number % Sampled == 0)
        {
            Archive(lane, pixels); // HRD4004
        }

        if (!_fruit.Writer.TryWrite(new Fruit(lane, frame.Number, pixels, frame.Width)))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private void Archive(string lane, byte[] pixels) => File.WriteAllBytes(Path.Combine(archive, lane + ".raw"), pixels);

    private static bool IsRipe(Fruit fruit)
    {
        var handle = GCHandle.Alloc(fruit.Pixels, GCHandleType.Pinned);
        try
        {
            using var gray = Mat.FromPixelData(fruit.Pixels.Length / fruit.Width, fruit.Width, MatType.CV_8UC1, handle.AddrOfPinnedObject());
            using var spots = new Mat();
            Cv2.Threshold(gray, spots, 90, 255, ThresholdTypes.Binary);
            return Cv2.CountNonZero(spots) < 400;
        }
        finally
        {
            handle.Free();
        }
    }
}
