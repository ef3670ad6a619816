using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Basler.Pylon;

namespace Paper.Web;

public sealed record Line(long Number, byte[] Pixels, int Width, int Height);

/// <summary>Watches the paper web with a line camera.</summary>
public sealed class WebInspection : IAsyncDisposable
{
    private readonly Channel<Line> _lines = Channel.CreateBounded<Line>(new BoundedChannelOptions(8) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Camera _camera;
    private readonly SemaphoreSlim _light;
    private readonly Task _inspecting;
    private long _dark;

    public WebInspection(string serialNumber, SemaphoreSlim light)
    {
        _light = light;
        _camera = new Camera(serialNumber);
        _camera.Open();
        _camera.StreamGrabber.ImageGrabbed += OnImageGrabbed;
        _camera.StreamGrabber.Start();
        _inspecting = InspectAsync();
    }

    public long Dark => Interlocked.Read(ref _dark);

    public async ValueTask DisposeAsync()
    {
        _camera.StreamGrabber.Stop();
        _camera.StreamGrabber.ImageGrabbed -= OnImageGrabbed;
        _lines.Writer.TryComplete();
        await _inspecting;
        _camera.Close();
        _camera.Dispose();
    }

    private void OnImageGrabbed(object? sender, ImageGrabbedEventArgs e)
    {
        using var result = e.GrabResult;
        if (!result.GrabSucceeded)
        {
            return;
        }

        var pixels = new byte[result.Width * result.Height]; // HRD4009
        Marshal.Copy(result.PixelDataPointer, pixels, 0, pixels.Length);
        _light.Wait(); // HRD4004
        try
        {
            _lines.Writer.TryWrite(new Line(result.ImageNumber, pixels, result.Width, result.Height));
        }
        finally
        {
            _light.Release();
        }
    }

    private async Task InspectAsync()
    {
        await foreach (var line in _lines.Reader.ReadAllAsync())
        {
            if (Mean(line.Pixels) < 20)
            {
                Interlocked.Increment(ref _dark);
            }
        }
    }

    private static double Mean(ReadOnlySpan<byte> pixels)
    {
        long sum = 0;
        foreach (var pixel in pixels)
        {
            sum += pixel;
        }

        return pixels.IsEmpty ? 0 : sum / (double)pixels.Length;
    }
}
