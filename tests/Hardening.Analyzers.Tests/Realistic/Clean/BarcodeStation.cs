using System;
using System.Collections.Concurrent;
using System.Threading;
using OpenCvSharp;

namespace Warehouse.Station;

public interface ICodeListener
{
    void Read(string code);
}

/// <summary>A grabber and a reader thread with a queue of three pictures; when the reader is busy the new picture is thrown away.</summary>
public sealed class BarcodeStation : IDisposable
{
    private readonly BlockingCollection<Mat> _frames = new(boundedCapacity: 3);
    private readonly CancellationTokenSource _stop = new();
    private readonly VideoCapture _capture;
    private readonly ICodeListener _listener;
    private readonly Thread _grabber;
    private readonly Thread _reader;
    private int _skipped;

    public BarcodeStation(int device, ICodeListener listener)
    {
        _listener = listener;
        _capture = new VideoCapture(device, VideoCaptureAPIs.V4L2);
        _grabber = new Thread(Grab) { Name = "grab", IsBackground = true };
        _reader = new Thread(Read) { Name = "read", IsBackground = true };
    }

    public int Skipped => Volatile.Read(ref _skipped);

    public void Start()
    {
        _grabber.Start();
        _reader.Start();
    }

    public void Dispose()
    {
        _stop.Cancel();
        var ended = _grabber.Join(TimeSpan.FromSeconds(3));
        _frames.CompleteAdding();
        ended &= _reader.Join(TimeSpan.FromSeconds(3));

        // A capture that is still being read must not be released: the process would die in native code.
        if (ended)
        {
            _capture.Dispose();
            _frames.Dispose();
            _stop.Dispose();
        }
    }

    private void Grab()
    {
        while (!_stop.IsCancellationRequested)
        {
            var frame = new Mat();
            if (!_capture.Read(frame))
            {
                frame.Dispose();
                _stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(300));
            }
            else if (!_frames.TryAdd(frame))
            {
                frame.Dispose();
                Interlocked.Increment(ref _skipped);
            }
        }
    }

    private void Read()
    {
        using var detector = new QRCodeDetector();
        var last = "";
        foreach (var frame in _frames.GetConsumingEnumerable())
        {
            using (frame)
            {
                if (detector.DetectAndDecode(frame, out _) is { Length: > 0 } code && code != last)
                {
                    last = code;
                    _listener.Read(code);
                }
            }
        }
    }
}
