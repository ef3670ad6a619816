using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Security.Streams;

/// <summary>
/// Grabs a network camera on a thread of its own into a short channel; the oldest picture gives way to the newest, and is disposed and counted.
/// </summary>
public sealed class RtspStream : IAsyncDisposable
{
    private const int OpenTimeout = 53;
    private const int ReadTimeout = 54;

    private readonly string _address;
    private readonly Channel<Mat> _frames;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _grabber;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _dropped;
    private long _reconnects;

    public RtspStream(string host, string path)
    {
        _address = $"rtsp://{host}/{path}";
        var options = new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true };
        _frames = Channel.CreateBounded<Mat>(options, OnDropped);
        _grabber = new Thread(Grab) { Name = host, IsBackground = true };
        _grabber.Start();
    }

    public ChannelReader<Mat> Frames => _frames.Reader;

    public long Dropped => Interlocked.Read(ref _dropped);

    public long Reconnects => Interlocked.Read(ref _reconnects);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _ended.Task.WaitAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_frames.Reader.TryRead(out var left))
        {
            left.Dispose();
        }
    }

    private void Grab()
    {
        var pause = TimeSpan.FromMilliseconds(500);
        while (!_stop.IsCancellationRequested)
        {
            using (var capture = new VideoCapture(_address, VideoCaptureAPIs.FFMPEG, [OpenTimeout, 4_000, ReadTimeout, 4_000]))
            {
                if (capture.IsOpened() && GrabUntilItBreaks(capture) > 0)
                {
                    pause = TimeSpan.FromMilliseconds(500);
                }
            }

            Interlocked.Increment(ref _reconnects);
            _stop.Token.WaitHandle.WaitOne(pause);
            pause = pause < TimeSpan.FromSeconds(30) ? pause * 2 : pause;
        }

        _frames.Writer.TryComplete();
        _ended.TrySetResult();
    }

    private long GrabUntilItBreaks(VideoCapture capture)
    {
        var grabbed = 0L;
        while (!_stop.IsCancellationRequested)
        {
            var frame = new Mat();
            if (!capture.Read(frame) || frame.Empty())
            {
                frame.Dispose();
                return grabbed;
            }

            grabbed++;
            if (!_frames.Writer.TryWrite(frame))
            {
                frame.Dispose();
            }
        }

        return grabbed;
    }

    private void OnDropped(Mat frame)
    {
        frame.Dispose();
        Interlocked.Increment(ref _dropped);
    }
}
