using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using OpenCvSharp;

namespace Plant.Cameras;

public sealed record CameraSettings(string Name, double Threshold, TimeSpan Pause);

public interface IDefectSink
{
    Task StoreAsync(string camera, byte[] picture, CancellationToken token);
}

/// <summary>Grabs from one camera and stores the pictures that show a defect.</summary>
public sealed class CameraServer(CameraSettings settings, VideoCapture capture, IDefectSink sink) : IHostedService
{
    private readonly ConcurrentQueue<byte[]> _pictures = new(); // HRD2004
    private readonly CancellationTokenSource _stop = new();
    private Task? _grabbing;
    private Task? _storing;
    private long _frames;

    public long Frames => Interlocked.Read(ref _frames);

    public int Waiting => _pictures.Count;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _grabbing = Task.Factory.StartNew(Grab, TaskCreationOptions.LongRunning);
        _storing = Task.Factory.StartNew(() => StoreAsync(_stop.Token), TaskCreationOptions.LongRunning).Unwrap(); // HRD2010
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        if (_grabbing is not null && _storing is not null)
        {
            await Task.WhenAll(_grabbing, _storing).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Grab()
    {
        using var background = new Mat();
        if (!capture.Read(background))
        {
            throw new InvalidOperationException($"{settings.Name} gives no picture.");
        }

        while (!_stop.IsCancellationRequested) // HRD4001
        {
            var frame = new Mat(); // HRD4002
            if (!capture.Read(frame))
            {
                _stop.Token.WaitHandle.WaitOne(settings.Pause);
                continue;
            }

            Interlocked.Increment(ref _frames);
            using var difference = new Mat();
            Cv2.Absdiff(frame, background, difference);
            if (Cv2.Sum(difference).Val0 > settings.Threshold)
            {
                _pictures.Enqueue(frame.ToBytes());
            }
        }
    }

    private async Task StoreAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            while (_pictures.TryDequeue(out var picture))
            {
                await sink.StoreAsync(settings.Name, picture, token);
            }

            await Task.Delay(settings.Pause, token);
        }
    }
}

public static class CameraNames
{
    private static readonly ConcurrentDictionary<string, int> s_used = new(StringComparer.OrdinalIgnoreCase);

    public static string Unique(string name)
    {
        var number = s_used.AddOrUpdate(name, 1, static (_, used) => used + 1);
        return number == 1 ? name : $"{name}-{number}";
    }
}
