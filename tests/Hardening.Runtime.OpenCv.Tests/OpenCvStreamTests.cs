using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>Network cameras that go, fall silent, never answer.</summary>
public sealed class OpenCvStreamTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [TestCase(Ending.Close, "broke")]
    [TestCase(Ending.Reset, "broke")]
    [TestCase(Ending.Stall, "sent nothing")]
    [CancelAfter(60_000)]
    public async Task A_stream_that_ends_is_a_break_and_can_be_opened_again(object ending, string says, CancellationToken timeout)
    {
        await using var server = new MjpegServer { Frames = 60, Ending = (Ending)ending };
        using var camera = new OpenSource(Options(server), timeout);
        Assert.That(camera.Format.Width, Is.EqualTo(64));
        var clock = Stopwatch.StartNew();
        var thrown = Assert.Throws<FrameSourceException>(() => camera.Read(
            _ =>
            {
                clock.Restart();
                return false;
            },
            timeout));
        Assert.That(thrown!.Message, Does.Contain(says));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)), "from the last frame");
        camera.Source.Stop();
        Assert.That(camera.Pool!.Rented, Is.Zero, camera.Pool.DescribeHolders());
        Assert.That(camera.Open(timeout), Is.EqualTo(camera.Format));
        camera.Source.Start(camera.Pool);
        camera.Read(_ => true, timeout);
        Assert.That(camera.Source.GetStatistics(), Is.EqualTo(new OpenCvStatistics { Opened = 2 }));
    }

    [TestCase("http")]
    [TestCase("rtsp")]
    [CancelAfter(60_000)]
    public async Task A_server_that_never_answers_is_given_up_in_time(string scheme, CancellationToken timeout)
    {
        await using var server = new MjpegServer { IsSilent = true };
        var options = Options(server);
        options.Source = $"{scheme}://127.0.0.1:{server.Port}/live";
        var clock = Stopwatch.StartNew();
        var thrown = Assert.Throws<FrameSourceException>(() => new OpenSource(options, timeout).Dispose());
        Assert.That(clock.Elapsed, Is.InRange(TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(8)), "the limit is 1 s");
        Assert.That(thrown!.Message, Does.Contain("127.0.0.1"));
    }

    [Test, CancelAfter(60_000)]
    public void Where_nobody_listens_OpenCV_is_not_asked(CancellationToken timeout)
    {
        var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Dispose();
        var thrown = Assert.Throws<FrameSourceException>(() => new OpenSource(
            new OpenCvFrameSourceOptions { Source = $"rtsp://user:secret@127.0.0.1:{port}/live" }, timeout).Dispose());
        Assert.That(thrown!.Message, Does.Contain($"127.0.0.1:{port} cannot be reached").And.Not.Contain("secret"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_host_is_asked_at_all_its_addresses(CancellationToken timeout)
    {
        await using var server = new MjpegServer(); // at 127.0.0.1, and not at ::1
        Assert.That(HostProbe.Ask(new Uri($"http://localhost:{server.Port}/"), () => timeout.IsCancellationRequested), Is.Null);
        await Eventually.HoldsAsync(() => server.Connections == 1, "it was asked", timeout);
        Assert.That(HostProbe.Ask(new Uri("rtsp://nobody.invalid/a"), () => timeout.IsCancellationRequested), Does.Contain("nobody.invalid:554 cannot be reached"));
        Assert.That(HostProbe.Ask(new Uri("udp://239.0.0.1:1234"), () => false), Is.Null, "cannot be asked");
    }

    [Test, CancelAfter(60_000)]
    public async Task One_that_is_dead_delays_others_by_its_limit_and_no_more(CancellationToken timeout)
    {
        await using var dead = new MjpegServer { IsSilent = true };
        await using var living = new MjpegServer();
        var failing = Task.Run(() => Assert.Throws<FrameSourceException>(() => new OpenSource(Options(dead), timeout).Dispose()), timeout);
        await Eventually.HoldsAsync(() => dead.Connections > 1 || failing.IsCompleted, "OpenCV is asked for the dead one", timeout); // the first connection is our own question
        var clock = Stopwatch.StartNew();
        using var camera = new OpenSource(Options(living), timeout);
        camera.Read(_ => true, timeout);
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        await failing;
    }

    [Test, CancelAfter(60_000)]
    public async Task Who_waits_for_another_too_long_is_told_for_whom(CancellationToken timeout)
    {
        await using var dead = new MjpegServer { IsSilent = true };
        await using var living = new MjpegServer();
        var slow = Options(dead);
        (slow.Name, slow.OpenTimeout) = ("dead", TimeSpan.FromSeconds(4));
        var failing = Task.Run(() => Assert.Throws<FrameSourceException>(() => new OpenSource(slow, timeout).Dispose()), timeout);
        await Eventually.HoldsAsync(() => OpenGate.Of(OpenCvSharp.VideoCaptureAPIs.FFMPEG).Holder == "dead", "the dead one is being opened", timeout);
        var hasty = Options(living);
        hasty.OpenQueueTimeout = TimeSpan.FromMilliseconds(200);
        var thrown = Assert.Throws<FrameSourceException>(() => new OpenSource(hasty, timeout).Dispose());
        Assert.That(thrown!.Message, Does.Contain("waited").And.Contain("'dead'"));
        await failing;
    }

    [Test, CancelAfter(60_000)]
    public async Task Cancelling_ends_the_opening_at_once(CancellationToken timeout)
    {
        await using var dead = new MjpegServer { IsSilent = true };
        var options = Options(dead);
        options.OpenTimeout = TimeSpan.FromSeconds(3);
        using var source = new OpenCvFrameSource(options);
        using var meter = new System.Diagnostics.Metrics.Meter("test");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var opening = Task.Run(() => Assert.Catch<OperationCanceledException>(() => source.Open(
            new FrameSourceContext(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, meter), cancel.Token)), timeout);
        await Eventually.HoldsAsync(() => dead.Connections > 1, "OpenCV has asked", timeout);
        await cancel.CancelAsync();
        var thrown = await opening;
        Assert.That(thrown!.CancellationToken, Is.EqualTo(cancel.Token));
        Assert.That(source.GetStatistics(), Is.EqualTo(new OpenCvStatistics { Abandoned = 1, Hanging = 1 }), "OpenCV is still at it");
        await Eventually.HoldsAsync(() => source.GetStatistics().Hanging == 0, "OpenCV gave up, and its thread closed what there was", timeout);
    }

    [Test, CancelAfter(90_000)]
    public async Task A_pipeline_opens_a_broken_stream_again(CancellationToken timeout)
    {
        await using var server = new MjpegServer { Frames = 60, Ending = Ending.Reset };
        long seen = 0;
        var pipeline = new FramePipelineBuilder("streams")
            .FromOpenCv(Options(server))
            .FromSynthetic(new SyntheticFrameSourceOptions { Name = "other", Width = 64, Height = 64, FrameRate = 30 })
            .To("count", (in frame, _) => Interlocked.Add(ref seen, frame.Info.Camera == "camera" ? 1 : 0))
            .Build();
        await using (pipeline)
        {
            await pipeline.StartAsync(timeout);
            await Eventually.HoldsAsync(() => Camera().Reconnects >= 2 && Interlocked.Read(ref seen) > 130, "it is opened again, and again", timeout);
            var camera = Camera();
            Assert.That(camera.Received, Is.EqualTo(camera.Processed + camera.Dropped + camera.InFlight));
            Assert.That(camera.Lost, Is.Zero, "numbers that start anew are no gap");
            await pipeline.StopAsync(timeout);
            Assert.That((Camera().InFlight, pipeline.GetStatistics().AbandonedThreads), Is.EqualTo((0, 0)));
        }

        CameraStatistics Camera() => pipeline.GetStatistics().Cameras.Single(camera => camera.Camera == "camera");
    }

    private static OpenCvFrameSourceOptions Options(MjpegServer server) =>
        new() { Name = "camera", Source = server.Url, OpenTimeout = Short, ReadTimeout = Short };
}
