using System;
using System.Threading;
using OpenCvSharp;

namespace Plant.Ring;

/// <summary>A picture that is lent: its image goes back to the ring when the last who holds it lets go.</summary>
public sealed class FrameLease(FrameRing ring, Mat image) : IDisposable
{
    private int _holders;

    public Mat Image { get; } = image;

    public long Number { get; private set; }

    public FrameLease Share()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ring.GiveBack(this);
        }
    }

    internal void Lend(long number)
    {
        Number = number;
        Volatile.Write(ref _holders, 1);
    }
}

/// <summary>A fixed number of images, made once. When all are lent, the picture that comes is lost, and counted.</summary>
public sealed class FrameRing : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FrameLease[] _idle;
    private readonly FrameLease[] _all;
    private int _count;
    private long _lost;
    private long _number;

    public FrameRing(int frames, int rows, int columns)
    {
        _all = new FrameLease[frames];
        for (var i = 0; i < frames; i++)
        {
            _all[i] = new FrameLease(this, new Mat(rows, columns, MatType.CV_8UC1));
        }

        _idle = [.. _all];
        _count = frames;
    }

    public long Lost => Interlocked.Read(ref _lost);

    public FrameLease? TryFill(VideoCapture capture)
    {
        FrameLease lease;
        lock (_gate)
        {
            if (_count == 0)
            {
                _lost++;
                return null;
            }

            lease = _idle[--_count];
        }

        lease.Lend(Interlocked.Increment(ref _number));
        if (capture.Read(lease.Image) && !lease.Image.Empty())
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    public void Dispose()
    {
        foreach (var lease in _all)
        {
            lease.Image.Dispose();
        }
    }

    internal void GiveBack(FrameLease lease)
    {
        lock (_gate)
        {
            _idle[_count++] = lease;
        }
    }
}
