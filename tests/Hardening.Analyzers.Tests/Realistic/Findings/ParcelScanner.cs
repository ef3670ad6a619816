using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Logistics.Parcels;

public readonly record struct Shot(Mat Image, DateTime At);

public sealed record Parcel(string Code, DateTime At);

/// <summary>Photographs each parcel that passes the light barrier.</summary>
public sealed class ParcelScanner : IAsyncDisposable
{
    private readonly Channel<Shot> _shots = Channel.CreateUnbounded<Shot>(new UnboundedChannelOptions { SingleReader = true }); // HRD4008
    private readonly Channel<Parcel> _parcels = Channel.CreateBounded<Parcel>(256);
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _barrier = new();
    private readonly Thread _grabber;
    private readonly Task _reading;

    public ParcelScanner(int device)
    {
        Cv2.SetNumThreads(1);
        _grabber = new Thread(() => Grab(device)) { Name = "parcels", IsBackground = true };
        _grabber.Start();
        _reading = Task.Run(ReadAsync);
    }

    public IAsyncEnumerable<Parcel> Parcels(CancellationToken token) => _parcels.Reader.ReadAllAsync(token);

    public void BarrierChanged(bool broken)
    {
        if (broken)
        {
            _barrier.Set();
        }
        else
        {
            _barrier.Reset();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _shots.Writer.TryComplete();
        await _reading;
        _stop.Dispose();
    }

    private void Grab(int device)
    {
        using var capture = new VideoCapture(device, VideoCaptureAPIs.GSTREAMER);
        using var frame = new Mat();
        while (!_stop.IsCancellationRequested)
        {
            _barrier.Wait();
            if (!capture.Read(frame))
            {
                Thread.Sleep(100);
                continue;
            }

            _shots.Writer.TryWrite(new Shot(frame, DateTime.UtcNow)); // HRD4005
        }
    }

    private async Task ReadAsync()
    {
        using var detector = new QRCodeDetector();
        await foreach (var shot in _shots.Reader.ReadAllAsync())
        {
            using var image = shot.Image;
            if (detector.DetectAndDecode(image, out _) is { Length: > 0 } code)
            {
                await _parcels.Writer.WriteAsync(new Parcel(code, shot.At), _stop.Token);
            }
        }

        _parcels.Writer.TryComplete();
    }
}
