using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Plant.Press;

public sealed class NewFrameEventArgs(Mat frame, string camera) : EventArgs
{
    public Mat Frame { get; } = frame;

    public string Camera { get; } = camera;
}

public interface IPressCamera
{
    event EventHandler<NewFrameEventArgs> NewFrame;
}

public interface IPressStore
{
    Task SaveAsync(string camera, byte[] pixels);
}

/// <summary>Keeps the last pictures before the press stops, so that somebody can see why.</summary>
public sealed class PressMonitor : IDisposable
{
    private readonly Queue<Mat> _before = new(); // HRD4008
    private readonly IPressCamera _camera;
    private readonly IPressStore _store;
    private readonly string _folder;
    private Mat? _shown;
    private long _frames;

    public PressMonitor(IPressCamera camera, IPressStore store, string folder)
    {
        _camera = camera;
        _store = store;
        _folder = folder;
        _camera.NewFrame += OnNewFrame;
    }

    public long Frames => Interlocked.Read(ref _frames);

    public bool IsShowing => _shown is not null;

    public void Dispose()
    {
        _camera.NewFrame -= OnNewFrame;
        while (_before.TryDequeue(out var frame))
        {
            frame.Dispose();
        }
    }

    public async Task StoppedAsync()
    {
        var number = 0;
        while (_before.TryDequeue(out var frame))
        {
            using (frame)
            {
                await _store.SaveAsync($"before-{number++:D3}", frame.ToBytes());
            }
        }
    }

    private void OnNewFrame(object? sender, NewFrameEventArgs e)
    {
        Interlocked.Increment(ref _frames);
        _shown = e.Frame; // HRD4005
        _before.Enqueue(e.Frame.Clone());
        var pixels = new byte[e.Frame.Rows * e.Frame.Cols * e.Frame.ElemSize()]; // HRD4009
        System.Runtime.InteropServices.Marshal.Copy(e.Frame.Data, pixels, 0, pixels.Length);
        if (_frames % 250 == 0)
        {
            File.WriteAllBytes(Path.Combine(_folder, e.Camera + ".raw"), pixels); // HRD4004
        }
    }
}
