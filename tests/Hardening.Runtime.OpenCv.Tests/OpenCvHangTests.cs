using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCvSharp;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>Calls into OpenCV that do not come back.</summary>
public sealed class OpenCvHangTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);

    [Test, CancelAfter(60_000)]
    public async Task A_read_that_hangs_is_left_to_its_thread_and_its_capture_closed_when_it_returns(CancellationToken timeout)
    {
        using var fifo = new Fifo();
        using var camera = await OpenAndHangAsync(fifo, Options(fifo), timeout);
        var clock = Stopwatch.StartNew();
        camera.Source.Stop();
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(3)), "nothing waits for it");
        Assert.That(camera.Source.GetStatistics(), Is.EqualTo(new OpenCvStatistics { Opened = 1, Abandoned = 1, Hanging = 1 }));
        Assert.That(camera.Pool!.Rented, Is.Zero, camera.Pool.DescribeHolders());
        GC.Collect();
        GC.WaitForPendingFinalizers(); // which closes nothing that is in use
        fifo.CloseWriting();
        await Eventually.HoldsAsync(() => camera.Source.GetStatistics().Hanging == 0, "the call returns, and the thread ends", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Disposed_while_a_read_hangs_the_process_lives_and_what_comes_later_is_not_wanted(CancellationToken timeout)
    {
        using var fifo = new Fifo();
        var camera = await OpenAndHangAsync(fifo, Options(fifo), timeout);
        camera.Dispose();
        Assert.That(camera.Source.GetStatistics().Hanging, Is.EqualTo(1));
        await fifo.FeedAsync(); // until the reader, who finds that nobody wants his frame, has closed the pipe
        await Eventually.HoldsAsync(() => camera.Source.GetStatistics().Hanging == 0, "the thread ends", timeout);
        Assert.That(camera.Source.GetStatistics().Abandoned, Is.EqualTo(1));
    }

    [Test, CancelAfter(120_000)]
    public async Task Captures_that_hang_are_so_many_and_no_more(CancellationToken timeout)
    {
        using var fifo = new Fifo(); // nobody writes: opening it blocks
        var options = Options(fifo);
        (options.OpenTimeout, options.OpenQueueTimeout, options.MaxAbandoned) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100), 2);
        using var meter = new Meter("test");
        using var source = new OpenCvFrameSource(options);
        var context = new FrameSourceContext(TimeProvider.System, NullLogger.Instance, meter);
        Assert.That(Fails(), Does.Contain("could not be opened"));
        Assert.That(source.GetStatistics(), Is.EqualTo(new OpenCvStatistics { Abandoned = 1, Hanging = 1 }));
        Assert.That(Fails(), Does.Contain("waited").And.Contain("'pipe'"), "OpenCV opens one at a time, and that one hangs");
        await Eventually.HoldsAsync(() => source.GetStatistics().Hanging == 1, "who waited for his turn has gone", timeout);
        using (var device = new Fifo())
        {
            var other = Options(device);
            (other.Backend, other.OpenQueueTimeout) = (VideoCaptureAPIs.OPENCV_MJPEG, TimeSpan.FromMilliseconds(100));
            using var another = new OpenCvFrameSource(other);
            Assert.Throws<FrameSourceException>(() => another.Open(context, timeout));
            Assert.That(another.GetStatistics().Hanging, Is.EqualTo(1), "another backend has a turn of its own, though it hangs as well");
        }

        fifo.Dispose();
        await Eventually.HoldsAsync(() => source.GetStatistics().Hanging == 0, "opening returns", timeout);

        string Fails() => Assert.Throws<FrameSourceException>(() => source.Open(context, timeout))!.Message;
    }

    [Test, CancelAfter(120_000)]
    public async Task At_the_bound_opening_is_refused_until_one_returns(CancellationToken timeout)
    {
        using var fifo = new Fifo();
        var options = Options(fifo);
        options.MaxAbandoned = 1;
        using var camera = await OpenAndHangAsync(fifo, options, timeout);
        camera.Source.Stop();
        var refused = Assert.Throws<FrameSourceException>(() => camera.Open(timeout));
        Assert.That(refused!.Message, Does.Contain("1 captures of camera 'pipe' hang"));
        fifo.CloseWriting();
        await Eventually.HoldsAsync(() => camera.Source.GetStatistics().Hanging == 0, "it returns", timeout);
        var feeding = fifo.FeedAsync();
        Assert.That(camera.Open(timeout).Width, Is.EqualTo(64));
        camera.Source.Stop();
        await feeding; // its reader has gone
    }

    private static async Task<OpenSource> OpenAndHangAsync(Fifo fifo, OpenCvFrameSourceOptions options, CancellationToken timeout)
    {
        var feeding = fifo.FeedAsync();
        var camera = new OpenSource(options, timeout);
        camera.Read(_ => true, timeout);
        fifo.Fed();
        var thrown = Assert.Throws<FrameSourceException>(() => camera.Read(_ => false, timeout));
        Assert.That(thrown!.Message, Does.Contain("did not return from reading"));
        await feeding;
        return camera;
    }

    private static OpenCvFrameSourceOptions Options(Fifo fifo) =>
        new() { Name = "pipe", Source = fifo.Path, IsLive = true, OpenTimeout = TimeSpan.FromSeconds(20), ReadTimeout = Short };
}
