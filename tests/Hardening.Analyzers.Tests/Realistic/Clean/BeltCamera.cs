using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Plant.Belt;

/// <summary>A fixed number of images that are filled again and again.</summary>
public sealed class MatPool : IDisposable
{
    private readonly Channel<Mat> _idle;
    private readonly Mat[] _all;

    public MatPool(int count)
    {
        _idle = Channel.CreateBounded<Mat>(count);
        _all = new Mat[count];
        for (var i = 0; i < count; i++)
        {
            _all[i] = new Mat();
            _idle.Writer.TryWrite(_all[i]);
        }
    }

    public bool TryRent(out Mat? mat) => _idle.Reader.TryRead(out mat);

    public void Return(Mat mat) => _idle.Writer.TryWrite(mat);

    public void Dispose()
    {
        foreach (var mat in _all)
        {
            mat.Dispose();
        }
    }
}

public sealed class BeltCamera(VideoCapture capture, MatPool pool, Mat background) : IDisposable
{
    private readonly Channel<Mat> _frames = Channel.CreateBounded<Mat>(2);
    private readonly CancellationTokenSource _stop = new();
    private Thread? _grabber;
    private long _lost;
    private volatile bool _gone;

    public long Lost => Interlocked.Read(ref _lost);

    public bool Gone => _gone;

    public void Start()
    {
        _grabber = new Thread(Grab) { Name = "belt", IsBackground = true };
        _grabber.Start();
    }

    public async Task InspectAsync(Action<double> report, CancellationToken token)
    {
        await foreach (var frame in _frames.Reader.ReadAllAsync(token))
        {
            try
            {
                report(Difference(frame));
            }
            finally
            {
                pool.Return(frame);
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_grabber?.Join(TimeSpan.FromSeconds(3)) != false)
        {
            _stop.Dispose();
        }
    }

    private double Difference(Mat frame)
    {
        using var difference = new Mat();
        Cv2.Absdiff(frame, background, difference);
        return Cv2.Sum(difference).Val0;
    }

    private void Grab()
    {
        while (!_stop.IsCancellationRequested)
        {
            if (!pool.TryRent(out var frame))
            {
                Interlocked.Increment(ref _lost);
                _stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5));
                continue;
            }

            if (!capture.Read(frame!))
            {
                pool.Return(frame!);
                _gone = true;
                _stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
                continue;
            }

            _gone = false;
            if (!_frames.Writer.TryWrite(frame!))
            {
                pool.Return(frame!);
                Interlocked.Increment(ref _lost);
            }
        }

        _frames.Writer.TryComplete();
    }
}
