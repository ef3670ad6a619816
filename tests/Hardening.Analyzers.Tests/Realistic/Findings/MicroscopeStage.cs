using System;
using System.IO;
using System.Threading;
using OpenCvSharp;

namespace Laboratory.Microscope;

public interface IMicroscopeCamera
{
    event EventHandler<FrameEventArgs> FrameArrived;

    double Exposure { get; set; }
}

/// <summary>The image belongs to the camera and is filled again after the event.</summary>
public sealed class FrameEventArgs(Mat image, double sharpness) : EventArgs
{
    public Mat Image { get; } = image;

    public double Sharpness { get; } = sharpness;
}

/// <summary>Moves the stage until the picture is sharp, and keeps the sharpest one.</summary>
public sealed class MicroscopeStage : IDisposable
{
    private readonly object _gate = new();
    private readonly IMicroscopeCamera _camera;
    private readonly string _folder;
    private readonly AutoResetEvent _arrived = new(false);
    private Mat? _sharpest;
    private double _sharpness;
    private double _height;

    public MicroscopeStage(IMicroscopeCamera camera, string folder)
    {
        _camera = camera;
        _folder = folder;
        _camera.FrameArrived += OnFrameArrived;
    }

    public double Height => Volatile.Read(ref _height);

    public double Focus(double from, double to, double step)
    {
        for (var height = from; height <= to; height += step)
        {
            Volatile.Write(ref _height, height);
            if (!_arrived.WaitOne(TimeSpan.FromSeconds(2)))
            {
                throw new IOException("The microscope gives no picture.");
            }
        }

        lock (_gate)
        {
            return _sharpness;
        }
    }

    public bool Save(string name)
    {
        var sharpest = _sharpest;
        return sharpest is not null && Cv2.ImWrite(Path.Combine(_folder, name), sharpest);
    }

    public void Dispose()
    {
        _camera.FrameArrived -= OnFrameArrived;
        _arrived.Dispose();
    }

    private void OnFrameArrived(object? sender, FrameEventArgs e)
    {
        lock (_gate) // HRD4004
        {
            if (e.Sharpness > _sharpness)
            {
                _sharpness = e.Sharpness;
                _sharpest = e.Image; // HRD4005
            }
        }

        Thread.Sleep(10); // HRD4004
        _arrived.Set();
    }
}
