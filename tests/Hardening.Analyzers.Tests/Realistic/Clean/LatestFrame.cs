using System;
using System.Threading;
using OpenCvSharp;

namespace Plant.Mailbox;

public interface IFrameSource
{
    event Action<Mat> FrameArrived;
}

/// <summary>Holds the newest picture alone. Who takes it owns it; what was not taken is disposed when the next one comes.</summary>
public sealed class LatestFrame : IDisposable
{
    private readonly IFrameSource _source;
    private Mat? _latest;
    private long _arrived;
    private long _replaced;
    private int _disposed;

    public LatestFrame(IFrameSource source)
    {
        _source = source;
        _source.FrameArrived += OnFrameArrived;
    }

    public long Arrived => Interlocked.Read(ref _arrived);

    public long Replaced => Interlocked.Read(ref _replaced);

    public bool TryTake(out Mat? frame)
    {
        frame = Interlocked.Exchange(ref _latest, null);
        return frame is not null;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _source.FrameArrived -= OnFrameArrived;
            Interlocked.Exchange(ref _latest, null)?.Dispose();
        }
    }

    // The source fills the image again after the event.
    private void OnFrameArrived(Mat image)
    {
        var old = Interlocked.Exchange(ref _latest, image.Clone());
        Interlocked.Increment(ref _arrived);
        if (old is not null)
        {
            old.Dispose();
            Interlocked.Increment(ref _replaced);
        }
    }
}

/// <summary>Two buffers that change their places: the callback fills one of them while the other is shown.</summary>
public sealed class DoubleBuffer : IDisposable
{
    private readonly Mat[] _buffers = [new(), new()];
    private readonly SemaphoreSlim _free = new(1, 1);
    private int _shown;
    private long _skipped;

    public long Skipped => Interlocked.Read(ref _skipped);

    public void OnFrame(Mat image)
    {
        if (!_free.Wait(0))
        {
            Interlocked.Increment(ref _skipped);
            return;
        }

        try
        {
            var hidden = 1 - Volatile.Read(ref _shown);
            image.CopyTo(_buffers[hidden]);
            Volatile.Write(ref _shown, hidden);
        }
        finally
        {
            _free.Release();
        }
    }

    public (int Width, int Height) Size()
    {
        var shown = _buffers[Volatile.Read(ref _shown)];
        return (shown.Width, shown.Height);
    }

    public void Dispose()
    {
        Array.ForEach(_buffers, buffer => buffer.Dispose());
        _free.Dispose();
    }
}
