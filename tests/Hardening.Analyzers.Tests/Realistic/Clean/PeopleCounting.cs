using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenCvSharp;

namespace Retail.People;

public interface IPeopleStore
{
    Task AddAsync(string door, int people, CancellationToken token);
}

/// <summary>One thread grabs, one loop counts; between them is room for two pictures.</summary>
public sealed class PeopleCounting : BackgroundService
{
    private const int PixelsOfOne = 6_000;

    private readonly IPeopleStore _store;
    private readonly ILogger<PeopleCounting> _logger;
    private readonly Channel<Mat> _frames = Channel.CreateBounded<Mat>(
        new BoundedChannelOptions(2) { FullMode = BoundedChannelFullMode.DropOldest },
        static dropped => dropped.Dispose());

    public PeopleCounting(IPeopleStore store, ILogger<PeopleCounting> logger)
    {
        _store = store;
        _logger = logger;
        Cv2.SetNumThreads(1);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var grabber = new Thread(() => Grab(stoppingToken)) { Name = "door", IsBackground = true };
        grabber.Start();
        using var background = BackgroundSubtractorMOG2.Create(500, 16, false);
        using var mask = new Mat();
        var last = 0;
        await foreach (var frame in _frames.Reader.ReadAllAsync(stoppingToken))
        {
            using (frame)
            {
                background.Apply(frame, mask);
            }

            var people = Cv2.CountNonZero(mask) / PixelsOfOne;
            if (people != last)
            {
                await _store.AddAsync("main", people, stoppingToken);
                last = people;
            }
        }
    }

    private void Grab(CancellationToken token)
    {
        using var capture = new VideoCapture(0, VideoCaptureAPIs.V4L2);
        capture.Set(VideoCaptureProperties.BufferSize, 1);
        using var frame = new Mat();
        var missing = 0;
        while (!token.IsCancellationRequested)
        {
            if (!capture.Read(frame))
            {
                missing = Math.Min(missing + 1, 20);
                _logger.LogWarning("The door camera gives no picture");
                token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(250 * missing));
                if (missing == 20)
                {
                    capture.Open(0, VideoCaptureAPIs.V4L2);
                }

                continue;
            }

            missing = 0;
            var copy = frame.Clone();
            if (!_frames.Writer.TryWrite(copy))
            {
                copy.Dispose();
            }
        }

        _frames.Writer.TryComplete();
    }
}
