using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

public sealed class FrameReconnectTests
{
    private readonly ManualTimeProvider _time = new();

    [Test, CancelAfter(60_000)]
    public async Task A_camera_that_breaks_is_opened_again_after_pauses_that_double(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        await using var pipeline = await StartAsync(source, timeout);
        source.Send(2);
        source.FailOpens(3);
        source.Fail(new FrameSourceException("scripted", "The cable is out."));
        var opens = 1;
        foreach (var pause in (int[])[200, 400, 800, 1_000])
        {
            await PausesAsync(timeout);
            Assert.That(Only(pipeline).State, Is.EqualTo(CameraState.Reconnecting));
            _time.Advance(TimeSpan.FromMilliseconds(pause - 1));
            Assert.That(source.Opens, Is.EqualTo(opens), $"before {pause} ms");
            _time.Advance(TimeSpan.FromMilliseconds(1));
            opens++;
            await Eventually.HoldsAsync(() => source.Opens == opens, $"it is opened after {pause} ms", timeout);
        }

        Assert.That(Only(pipeline), Has.Property("State").EqualTo(CameraState.Reconnecting).And.Property("Reconnects").Zero, "no frame has come yet");
        source.SkipTo(70_000); // it counts anew: no gap
        source.Send(2);
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        var end = Only(pipeline);
        Assert.That((end.Received, end.Processed, end.Lost, end.Outages, end.Reconnects, end.ReconnectsOfSilent), Is.EqualTo((4L, 4L, 0L, 1L, 1L, 0L)));
        Assert.That(end.SilentTime, Is.EqualTo(TimeSpan.FromMilliseconds(200 + 400 + 800 + 1_000)));
        Assert.That(end.Failure, Is.Null);
    }

    [Test]
    public void The_pauses_begin_anew_once_it_is_back_and_vary_by_the_jitter()
    {
        var pauses = new ReconnectPauses(new FrameReconnectOptions { FirstDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(3), Jitter = 0.5 });
        foreach (var expected in (double[])[1, 2, 3, 3])
        {
            Assert.That(pauses.Next().TotalSeconds, Is.InRange(expected * 0.5, expected * 1.5));
        }

        pauses.Reset();
        Assert.That(pauses.Next().TotalSeconds, Is.InRange(0.5, 1.5));
        var many = Enumerable.Range(0, 50).Select(_ => pauses.Next()).Distinct();
        Assert.That(many.Count(), Is.GreaterThan(10));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_silent_camera_is_opened_again(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource { FrameRate = 30 };
        await using var pipeline = await StartAsync(source, timeout);
        source.Send();
        await Eventually.HoldsAsync(() => Only(pipeline).Processed == 1, "the first frame has come", timeout);
        _time.Advance(TimeSpan.FromSeconds(2) + TimeSpan.FromMilliseconds(1));
        await PausesAsync(timeout);
        Assert.That(Only(pipeline), Has.Property("State").EqualTo(CameraState.Reconnecting).And.Property("MissedInSilence").EqualTo(60));
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await Eventually.HoldsAsync(() => source.Opens == 2, "it is opened again", timeout);

        // It opens, and stays silent: the next pause is longer.
        await NoPauseAsync(timeout);
        _time.Advance(TimeSpan.FromSeconds(2) + TimeSpan.FromMilliseconds(1));
        await PausesAsync(timeout);
        _time.Advance(TimeSpan.FromMilliseconds(399));
        Assert.That(source.Opens, Is.EqualTo(2));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Eventually.HoldsAsync(() => source.Opens == 3, "it is opened a third time", timeout);
        source.Send();
        await Eventually.HoldsAsync(() => Only(pipeline).State == CameraState.Streaming, "it is back", timeout);
        Assert.That(Only(pipeline), Has.Property("Outages").EqualTo(1).And.Property("Reconnects").EqualTo(1).And.Property("ReconnectsOfSilent").EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_camera_that_waits_for_a_trigger_is_not_silent(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource { IsTriggered = true };
        await using var pipeline = await StartAsync(source, timeout);
        _time.Advance(TimeSpan.FromHours(1));
        source.Send();
        await Eventually.HoldsAsync(() => Only(pipeline).Processed == 1, "its frame has come", timeout);
        Assert.That(Only(pipeline), Has.Property("Outages").Zero.And.Property("State").EqualTo(CameraState.Streaming));
        Assert.That(source.Opens, Is.EqualTo(1));
        source.Fail(new FrameSourceException("scripted", "The cable is out."));
        await PausesAsync(timeout);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await Eventually.HoldsAsync(() => Only(pipeline).State == CameraState.Streaming, "it is back without a frame", timeout);
        Assert.That(Only(pipeline), Has.Property("Outages").EqualTo(1).And.Property("Reconnects").EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_silent_camera_is_left_alone_if_so_told(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        await using var pipeline = await StartAsync(source, timeout, options => options.Reconnect.WhenSilent = false);
        _time.Advance(TimeSpan.FromSeconds(3));
        await Eventually.HoldsAsync(() => Only(pipeline).State == CameraState.Silent, "it is silent", timeout);
        source.Send();
        await Eventually.HoldsAsync(() => Only(pipeline).State == CameraState.Streaming, "it is back", timeout);
        Assert.That((source.Opens, Only(pipeline).Outages, Only(pipeline).Reconnects), Is.EqualTo((1, 1L, 0L)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_driver_whose_read_hangs_shows_as_silent(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        await using var pipeline = await StartAsync(source, timeout);
        source.Hang();
        _time.Advance(TimeSpan.FromSeconds(3));
        await Eventually.HoldsAsync(() => Only(pipeline).State == CameraState.Silent, "it is silent", timeout);
        source.Release();
    }

    [Test, CancelAfter(60_000)]
    public async Task A_pipeline_may_start_without_a_camera(CancellationToken timeout)
    {
        ScriptedFrameSource missing = new("missing"), there = new("there");
        missing.FailOpens(1);
        await using var pipeline = Builder(options => options.Reconnect.StartWithout = true).From(missing).From(there).To("none", (in _, _) => { }).Build(_time);
        await pipeline.StartAsync(timeout);
        Assert.That(pipeline.GetStatistics().Cameras[0], Has.Property("State").EqualTo(CameraState.Reconnecting).And.Property("Failure").Message.Contains("is not there"));
        there.Send();
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras[1].Processed == 1, "the other works", timeout);
        await PassAsync(() => missing.Opens == 2, timeout);
        missing.Send();
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras[0].Processed == 1, "it has come", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Without_any_camera_the_size_of_a_frame_must_be_told(CancellationToken timeout)
    {
        var missing = new ScriptedFrameSource { OpenFailure = new FrameSourceException("scripted", "Nobody there.") };
        await using (var pipeline = Builder(options => options.Reconnect.StartWithout = true).From(missing).To("none", (in _, _) => { }).Build(_time))
        {
            Assert.That(async () => await pipeline.StartAsync(timeout), Throws.TypeOf<FrameSourceException>().With.Message.Contains("FrameBytes"));
        }

        var late = new ScriptedFrameSource();
        late.FailOpens(1);
        await using var told = Builder(options => (options.Reconnect.StartWithout, options.FrameBytes) = (true, 64)).From(late).To("none", (in _, _) => { }).Build(_time);
        await told.StartAsync(timeout);
        await PassAsync(() => late.Opens == 2, timeout);
        late.Send();
        await Eventually.HoldsAsync(() => Only(told).Processed == 1, "it has come", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Stopping_ends_the_pause(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        var pipeline = await StartAsync(source, timeout);
        source.Fail(new FrameSourceException("scripted", "The cable is out."));
        await PausesAsync(timeout);
        await pipeline.DisposeAsync(); // the clock stands still
        Assert.That((pipeline.GetStatistics().AbandonedThreads, Only(pipeline).State, source.IsDisposed, source.Opens), Is.EqualTo((0, CameraState.Ended, true, 1)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_synthetic_camera_goes_and_comes_back(CancellationToken timeout)
    {
        using var source = new SyntheticFrameSource(new SyntheticFrameSourceOptions
        {
            Width = 64, Height = 64, FrameRate = null, Frames = 8, Faults = { DisconnectBefore = 5, GoneFor = TimeSpan.FromSeconds(1), MissingAtStart = true },
        });
        await using var pipeline = Builder(options => (options.Reconnect.StartWithout, options.FrameBytes) = (true, 4096)).From(source)
            .WithSinkLane(LanePolicy.Block(4, TimeSpan.FromSeconds(20))).To("none", (in _, _) => { }).Build(_time);
        await pipeline.StartAsync(timeout);
        while (!pipeline.Completion.IsCompleted)
        {
            await Eventually.HoldsAsync(() => _time.WaitingTimers > 1 || pipeline.Completion.IsCompleted, "it waits", timeout);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.That(Only(pipeline), Has.Property("Processed").EqualTo(5 + 8).And.Property("Outages").EqualTo(2).And.Property("Reconnects").EqualTo(2));
    }

    private static FramePipelineBuilder Builder(Action<FramePipelineOptions>? configure = null)
    {
        var options = new FramePipelineOptions
        {
            DrainTimeout = TimeSpan.FromSeconds(20), StopTimeout = TimeSpan.FromSeconds(20), ReadTimeout = TimeSpan.FromMilliseconds(5),
            Reconnect = { FirstDelay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1), Jitter = 0 },
        };
        configure?.Invoke(options);
        return new FramePipelineBuilder("test") { Options = options };
    }

    private static CameraStatistics Only(FramePipeline pipeline) => pipeline.GetStatistics().Cameras.Single();

    private async Task<FramePipeline> StartAsync(ScriptedFrameSource source, CancellationToken timeout, Action<FramePipelineOptions>? configure = null)
    {
        var pipeline = Builder(configure).From(source).WithSinkLane(LanePolicy.Block(4, TimeSpan.FromSeconds(20))).To("none", (in _, _) => { }).Build(_time);
        await pipeline.StartAsync(timeout);
        await NoPauseAsync(timeout); // the timers of the start may outlive it by a moment
        return pipeline;
    }

    // Beside the pipeline's own timer, that of the pause.
    private Task PausesAsync(CancellationToken timeout) => Eventually.HoldsAsync(() => _time.WaitingTimers == 2, "it waits to be opened again", timeout);

    private Task PassAsync(Func<bool> holds, CancellationToken timeout) => Eventually.HoldsAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            return holds();
        },
        "the time for it comes",
        timeout);

    private Task NoPauseAsync(CancellationToken timeout) => Eventually.HoldsAsync(() => _time.WaitingTimers == 1, "it is open", timeout);
}
