using System;
using System.Collections.Generic;
using System.Threading;

namespace Plant.Vision;

public interface ILineCamera
{
    event EventHandler<FrameArrivedEventArgs> FrameArrived;

    void Open();

    void Close();
}

public sealed class FrameArrivedEventArgs(byte[] pixels, long number) : EventArgs
{
    public byte[] Pixels { get; } = pixels;

    public long Number { get; } = number;
}

/// <summary>Looks for scratches in the pictures of several line cameras.</summary>
public sealed class LineInspection : IDisposable
{
    private const int Tolerance = 24;
    private const int Limit = 4000;

    private readonly Lock _results = new();
    private readonly List<Scratch> _scratches = [];
    private readonly IReadOnlyList<ILineCamera> _cameras;
    private readonly byte[] _reference;
    private long _inspected;

    public LineInspection(IReadOnlyList<ILineCamera> cameras, byte[] reference)
    {
        _cameras = cameras;
        _reference = reference;
        foreach (var camera in cameras)
        {
            camera.FrameArrived += OnFrameArrived;
        }
    }

    public long Inspected => Interlocked.Read(ref _inspected);

    public void Open()
    {
        foreach (var camera in _cameras)
        {
            camera.Open();
        }
    }

    public Scratch[] TakeScratches()
    {
        lock (_results)
        {
            var taken = _scratches.ToArray();
            _scratches.Clear();
            return taken;
        }
    }

    public void Dispose()
    {
        foreach (var camera in _cameras)
        {
            camera.FrameArrived -= OnFrameArrived;
            camera.Close();
        }
    }

    private void OnFrameArrived(object? sender, FrameArrivedEventArgs e)
    {
        lock (_results) // HRD4004
        {
            var weight = 0;
            var pixels = e.Pixels;
            for (var i = 0; i < pixels.Length && i < _reference.Length; i++)
            {
                if (Math.Abs(pixels[i] - _reference[i]) > Tolerance)
                {
                    weight++;
                }
            }

            if (weight > Limit)
            {
                _scratches.Add(new Scratch(e.Number, weight));
            }

            _inspected++;
        }
    }
}

public sealed record Scratch(long Frame, int Weight);
