using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Basler.Pylon;
using OpenCvSharp;

namespace Bottling.Inspection;

public sealed record Bottle(long Number, bool Good);

/// <summary>Looks into the neck of each bottle.</summary>
public sealed class BottleInspection : IDisposable
{
    private readonly Camera _camera;
    private readonly string _folder;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly Queue<Mat> _bad = new(); // HRD4008

    public BottleInspection(string serialNumber, string folder)
    {
        Cv2.SetNumThreads(1);
        _folder = folder;
        _camera = new Camera(serialNumber);
        _camera.Open();
        _thread = new Thread(Inspect) { IsBackground = true, Name = "bottles" };
        _thread.Start();
    }

    public event Action<Bottle>? Inspected;

    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.Join(TimeSpan.FromSeconds(5)))
        {
            _camera.Close();
            _camera.Dispose();
            _stop.Dispose();
        }
    }

    public int SaveBad()
    {
        var saved = 0;
        while (TryTakeBad(out var picture))
        {
            using (picture)
            {
                saved += Cv2.ImWrite(Path.Combine(_folder, $"bad-{saved:D4}.png"), picture!) ? 1 : 0;
            }
        }

        return saved;
    }

    private bool TryTakeBad(out Mat? picture)
    {
        lock (_bad)
        {
            return _bad.TryDequeue(out picture);
        }
    }

    private void Inspect()
    {
        using var mask = new Mat();
        _camera.StreamGrabber.Start();
        while (!_stop.IsCancellationRequested) // HRD4001
        {
            using var result = _camera.StreamGrabber.RetrieveResult(1_000, TimeoutHandling.Return);
            if (!result.GrabSucceeded)
            {
                continue;
            }

            using var image = Mat.FromPixelData(result.Height, result.Width, MatType.CV_8UC1, result.PixelDataPointer);
            Cv2.Threshold(image, mask, 90, 255, ThresholdTypes.Binary);
            var good = Cv2.CountNonZero(mask) < 1_200;
            if (!good)
            {
                lock (_bad)
                {
                    _bad.Enqueue(image.Clone());
                }
            }

            Inspected?.Invoke(new Bottle(result.ImageNumber, good));
        }

        _camera.StreamGrabber.Stop();
    }
}
