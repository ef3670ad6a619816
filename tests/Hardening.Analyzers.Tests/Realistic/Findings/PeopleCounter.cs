using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using OpenCvSharp;

namespace Retail.Counting;

public interface ICounterStore
{
    Task AddAsync(string door, int people, CancellationToken token);
}

/// <summary>Counts who walks through a door of the shop.</summary>
public sealed class PeopleCounter(ICounterStore store) : BackgroundService
{
    private const int MostForOne = 6_000;

    private readonly List<Mat> _evidence = []; // HRD4008
    private int _last;

    public int Last => Volatile.Read(ref _last);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Cv2.SetNumThreads(1);
        return Task.Run(() => CountAsync(stoppingToken), stoppingToken);
    }

    public override void Dispose()
    {
        lock (_evidence)
        {
            _evidence.ForEach(mat => mat.Dispose());
            _evidence.Clear();
        }

        base.Dispose();
    }

    private async Task CountAsync(CancellationToken token)
    {
        using var capture = new VideoCapture(0, VideoCaptureAPIs.V4L2);
        capture.Set(VideoCaptureProperties.BufferSize, 1);
        using var background = BackgroundSubtractorMOG2.Create(500, 16, false);
        using var frame = new Mat();
        using var mask = new Mat();
        while (!token.IsCancellationRequested) // HRD4001
        {
            if (!capture.Read(frame))
            {
                await Task.Delay(500, token);
                continue;
            }

            background.Apply(frame, mask);
            var people = Cv2.CountNonZero(mask) / MostForOne;
            if (people != _last)
            {
                lock (_evidence)
                {
                    _evidence.Add(frame.Clone());
                }

                await store.AddAsync("main", people, token);
            }

            Volatile.Write(ref _last, people);
        }
    }
}

/// <summary>Finds the faces in pictures that somebody uploads.</summary>
public sealed class FaceFinder : IDisposable
{
    private readonly CascadeClassifier _classifier = new("haarcascade_frontalface.xml");

    public int Count(byte[][] pictures)
    {
        var faces = 0;
        foreach (var picture in pictures)
        {
            var image = Mat.ImDecode(picture); // HRD4002
            if (!image.Empty())
            {
                faces += _classifier.DetectMultiScale(image).Length;
            }
        }

        return faces;
    }

    public void Dispose() => _classifier.Dispose();
}
