using System;
using System.Buffers;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Basler.Pylon;

namespace Paper.Vendor;

/// <summary>The pixels of one picture in a rented array; whoever reads it gives the array back.</summary>
public sealed class PixelLease(byte[] array, int length, long number) : IDisposable
{
    private byte[]? _array = array;

    public long Number { get; } = number;

    public ReadOnlySpan<byte> Pixels => _array is { } pixels ? pixels.AsSpan(0, length) : throw new ObjectDisposedException(nameof(PixelLease));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}

public sealed class VendorCallback : IAsyncDisposable
{
    private readonly Channel<PixelLease> _pictures = Channel.CreateBounded<PixelLease>(
        new BoundedChannelOptions(8) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        static dropped => dropped.Dispose());

    private readonly Camera _camera;
    private readonly Task _measuring;
    private long _incomplete;
    private double _mean;

    public VendorCallback(string serialNumber)
    {
        _camera = new Camera(serialNumber);
        _camera.Open();
        _camera.StreamGrabber.ImageGrabbed += OnImageGrabbed;
        _measuring = MeasureAsync();
        _camera.StreamGrabber.Start();
    }

    public long Incomplete => Interlocked.Read(ref _incomplete);

    public double Mean => Volatile.Read(ref _mean);

    public async ValueTask DisposeAsync()
    {
        _camera.StreamGrabber.Stop();
        _camera.StreamGrabber.ImageGrabbed -= OnImageGrabbed;
        _pictures.Writer.TryComplete();
        await _measuring;
        _camera.Close();
        _camera.Dispose();
    }

    private void OnImageGrabbed(object? sender, ImageGrabbedEventArgs e)
    {
        using var result = e.GrabResult;
        if (!result.GrabSucceeded)
        {
            Interlocked.Increment(ref _incomplete);
            return;
        }

        var length = result.Width * result.Height;
        var array = ArrayPool<byte>.Shared.Rent(length);
        Marshal.Copy(result.PixelDataPointer, array, 0, length);
        var lease = new PixelLease(array, length, result.ImageNumber);
        if (!_pictures.Writer.TryWrite(lease))
        {
            lease.Dispose();
        }
    }

    private async Task MeasureAsync()
    {
        await foreach (var picture in _pictures.Reader.ReadAllAsync())
        {
            using (picture)
            {
                Volatile.Write(ref _mean, MeanOf(picture.Pixels));
            }
        }
    }

    private static double MeanOf(ReadOnlySpan<byte> pixels)
    {
        long sum = 0;
        foreach (var pixel in pixels)
        {
            sum += pixel;
        }

        return pixels.IsEmpty ? 0 : sum / (double)pixels.Length;
    }
}
