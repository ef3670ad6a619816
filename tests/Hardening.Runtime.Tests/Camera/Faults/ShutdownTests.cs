using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera.Faults;

/// <summary>A pipeline may be stopped at any moment: every frame is accounted for, and nothing is left.</summary>
[CancelAfter(60_000)]
public sealed class ShutdownTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3); // which those threads have that end, whatever the clock of the line says

    [Test]
    public async Task While_a_camera_opens(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        LineCamera ready = line.AddCamera("ready"), slow = line.AddCamera("slow");
        line.Builder.To(line.Name("sink"), (in _, _) => { });
        slow.HoldOpen();
        using var start = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var starting = line.StartAsync(start.Token);
        await line.UntilAsync(() => ready.Opens + slow.Opens == 2, "they open", timeout);
        await start.CancelAsync();
        Assert.That(() => starting, Throws.InstanceOf<OperationCanceledException>());
        await line.EndedAsync(timeout);
        Assert.That((ready.Starts, slow.Starts), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_stop_that_comes_while_a_camera_opens_waits_for_the_start_and_then_stops(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        var camera = line.AddCamera("a");
        line.Builder.To(line.Name("sink"), (in _, _) => { });
        camera.HoldOpen();
        var starting = line.StartAsync(timeout);
        await line.UntilAsync(() => camera.Opens == 1, "it opens", timeout);
        var stopping = line.Pipeline.StopAsync(timeout);
        Assert.That(stopping.IsCompleted, Is.False);
        camera.LetOpen();
        await starting;
        await stopping;
        await line.EndedAsync(timeout);
    }

    [Test]
    public async Task Between_opening_and_starting(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        LineCamera ready = line.AddCamera("ready"), slow = line.AddCamera("slow");
        line.Builder.To(line.Name("sink"), (in _, _) => { });
        slow.HoldStart();
        ready.Send(2);
        using var start = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var starting = line.StartAsync(start.Token);
        await line.UntilAsync(() => slow.Starts == 1 && line.Of(ready).Received == 2, "one starts, and the other streams", timeout);
        await start.CancelAsync(); // what stops has no time to drain then
        slow.LetStart();
        Assert.That(() => starting, Throws.InstanceOf<OperationCanceledException>());
        await line.EndedAsync(timeout);
        Assert.That(line.Of(ready).Received, Is.EqualTo(2));
    }

    [TestCase(1)]
    [TestCase(100)]
    public async Task At_once_after_the_start_while_frames_come(int frames, CancellationToken timeout)
    {
        for (var round = 0; round < 20; round++)
        {
            await using var line = new WatchedLine();
            LineCamera a = line.AddCamera("a"), b = line.AddCamera("b");
            line.Builder.Stage(line.Name("work"), (in _, _) => { }, workers: 2).To(line.Name("sink"), (in _, _) => { });
            a.Send(frames);
            b.Send(frames);
            await line.StartAsync(timeout);
            await line.EndAsync(timeout);
            Assert.That(line.Statistics.Cameras.SelectMany(camera => camera.Drops).Select(drop => drop.Reason), Is.All.EqualTo(FrameDropReason.LaneFull), "with time to drain, nothing is dropped for stopping");
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task While_a_stage_works(bool withTime, CancellationToken timeout)
    {
        await using var line = new WatchedLine(Options(withTime));
        var gate = line.AddGate();
        LineCamera a = line.AddCamera("a"), b = line.AddCamera("b");
        line.Builder.Stage(line.Name("first"), gate.Obey, workers: 2, lane: LanePolicy.DropNewest(8)).Stage(line.Name("second"), (in _, _) => { }).To(line.Name("sink"), (in _, _) => { });
        await line.StartAsync(timeout);
        a.Send(4);
        b.Send(4);
        await gate.EnteredAsync(2, timeout);
        await line.UntilAsync(() => line.Of(a).Received == 4 && line.Of(b).Received == 4, "the frames have come", timeout);
        var stopping = line.Pipeline.StopAsync(timeout);
        if (withTime)
        {
            await line.UntilAsync(() => line.Of(a).State == CameraState.Ended && line.Of(b).State == CameraState.Ended, "the cameras have ended", timeout);
            gate.Open();
        }

        await stopping;
        await line.EndedAsync(timeout);
        FrameDrops[] drops = withTime ? [] : [new FrameDrops("first", FrameDropReason.Stopping, 4)];
        Assert.That((line.DropsOf(a), line.DropsOf(b)), Is.EqualTo((drops, drops)));
        Assert.That(line.Statistics.Cameras.Select(camera => camera.Processed), Is.All.EqualTo(withTime ? 4 : 0));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task While_a_sink_works(bool withTime, CancellationToken timeout)
    {
        await using var line = new WatchedLine(Options(withTime));
        var gate = line.AddGate();
        var camera = line.AddCamera("a");
        line.Builder.Stage(line.Name("work"), (in _, _) => { }, lane: LanePolicy.DropNewest(8)).To(line.Name("sink"), gate.Obey);
        await line.StartAsync(timeout);
        camera.Send(4);
        await gate.EnteredAsync(1, timeout);
        await line.UntilAsync(() => line.Of(camera).Received == 4, "the frames have come", timeout);
        var stopping = line.Pipeline.StopAsync(timeout);
        if (withTime)
        {
            await line.UntilAsync(() => line.Of(camera).State == CameraState.Ended, "the camera has ended", timeout);
            gate.Open();
        }

        await stopping;
        await line.EndedAsync(timeout);
        FrameDrops[] drops = withTime ? [] : [new FrameDrops("work", FrameDropReason.Stopping, 3), new FrameDrops("sink", FrameDropReason.Stopping, 1)];
        Assert.That(line.DropsOf(camera), Is.EqualTo(drops));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task While_a_lane_blocks_its_giver(bool withTime, CancellationToken timeout)
    {
        await using var line = new WatchedLine(Options(withTime));
        var gate = line.AddGate();
        var camera = line.AddCamera("a");
        var blocks = LanePolicy.Block(1, TimeSpan.FromSeconds(60));
        line.Builder.Stage(line.Name("first"), (in _, _) => { }, lane: blocks).Stage(line.Name("second"), gate.Obey, lane: blocks);
        await line.StartAsync(timeout);
        camera.Send(5); // in the second stage, in its lane, at its door; in the first lane; at the first door, with the capture thread
        await line.UntilAsync(() => line.Of(camera).Received == 5 && gate.Entered.Count == 1, "all places are taken", timeout);
        var stopping = line.Pipeline.StopAsync(timeout);
        if (withTime)
        {
            gate.Open();
        }

        await stopping;
        await line.EndedAsync(timeout);
        Assert.That(line.Of(camera), Has.Property("Processed").EqualTo(withTime ? 5 : 0));
        Assert.That(line.DropsOf(camera).Select(drop => drop.Reason), Is.All.EqualTo(FrameDropReason.Stopping));
        Assert.That(line.Statistics.AbandonedThreads, Is.Zero, "who waits for room is told");
    }

    [Test]
    public async Task While_a_stage_works_that_does_not_hear_and_returns_later(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        await using var line = new WatchedLine(new FramePipelineOptions { StopTimeout = StopLimit, ReadTimeout = TimeSpan.FromMilliseconds(5) }, time);
        var gate = line.AddGate();
        var camera = line.AddCamera("a");
        line.Builder.Stage(line.Name("deaf"), gate.Ignore, lane: LanePolicy.DropNewest(4));
        await line.StartAsync(timeout);
        camera.Send(3);
        await gate.EnteredAsync(1, timeout);
        await line.UntilAsync(() => line.Of(camera).Received == 3, "the frames have come", timeout);
        var stopping = line.Pipeline.StopAsync(timeout);
        await line.PassAsync(Step, () => stopping.IsCompleted, "it stops whatever hangs", timeout);
        Assert.That(line.Statistics, Has.Property("AbandonedThreads").EqualTo(1).And.Property("HeldBuffers").EqualTo(1), "the buffer is not freed under a running call");
        Assert.That(line.DropsOf(camera), Has.Member(new FrameDrops("deaf", FrameDropReason.Stopping, 2)));
        gate.Open();
        await line.EndedAsync(timeout);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task While_a_camera_that_is_gone_is_to_be_opened_again(bool whileItOpens, CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        await using var line = new WatchedLine(time: time);
        LineCamera gone = line.AddCamera("gone", isTriggered: true), other = line.AddCamera("other", isTriggered: true);
        line.Builder.To(line.Name("sink"), (in _, _) => { });
        await line.StartAsync(timeout);
        await line.FlowAsync(gone, 2, timeout);
        gone.HoldOpen();
        gone.Break();
        await line.UntilAsync(() => line.Of(gone).State == CameraState.Reconnecting, "it is gone", timeout);
        if (whileItOpens)
        {
            await line.PassAsync(Step, () => gone.Opens == 2, "it is opened again", timeout);
        }

        await line.FlowAsync(other, 5, timeout);
        await line.EndAsync(timeout); // the clock stands still
        Assert.That((gone.Opens, gone.Starts), Is.EqualTo((whileItOpens ? 2 : 1, 1)));
        Assert.That(line.Of(gone), Has.Property("Processed").EqualTo(2).And.Property("State").EqualTo(CameraState.Ended));
    }

    [Test]
    public async Task While_a_sink_works_that_does_not_hear_and_returns_later(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        await using var line = new WatchedLine(new FramePipelineOptions { StopTimeout = StopLimit, ReadTimeout = TimeSpan.FromMilliseconds(5) }, time);
        LineCamera struck = line.AddCamera("struck", isTriggered: true), other = line.AddCamera("other", isTriggered: true);
        var gate = line.AddGate((camera, _) => camera == struck.Name);
        line.Builder.Stage(line.Name("work"), (in _, _) => { }, workers: 2, lane: LanePolicy.DropNewest(4)).To(line.Name("deaf"), gate.Ignore);
        await line.StartAsync(timeout);
        struck.Send(3);
        await gate.EnteredAsync(1, timeout);
        await line.FlowAsync(other, 5, timeout);
        await line.UntilAsync(() => line.Of(struck).Received == 3, "the frames have come", timeout);
        var stopping = line.Pipeline.StopAsync(timeout);
        await line.PassAsync(Step, () => stopping.IsCompleted, "it stops whatever hangs", timeout);
        Assert.That(line.Statistics, Has.Property("AbandonedThreads").EqualTo(1).And.Property("HeldBuffers").EqualTo(1));
        gate.Open();
        await line.EndedAsync(timeout);
        Assert.That(line.DropsOf(struck), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.Stopping, 2) }));
        Assert.That((line.Of(struck).Processed, line.Of(other).Processed), Is.EqualTo((1L, 5L)), "what the sink took in the end was taken");
    }

    [Test]
    public async Task While_a_thread_hangs_that_was_replaced(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        await using var line = new WatchedLine(new FramePipelineOptions { StopTimeout = StopLimit, ReadTimeout = TimeSpan.FromMilliseconds(5) }, time);
        var gate = line.AddGate((_, sequence) => sequence == 0);
        var camera = line.AddCamera("a", isTriggered: true);
        line.Builder.Stage(line.Name("deaf"), gate.Ignore, new FrameStageOptions { Timeout = TimeSpan.FromSeconds(1) });
        await line.StartAsync(timeout);
        camera.Send();
        await gate.EnteredAsync(1, timeout);
        await line.PassAsync(Step, () => line.Of(camera).Dropped == 1, "it is given up", timeout);
        await line.FlowAsync(camera, 5, timeout);
        await line.Pipeline.StopAsync(timeout);
        Assert.That(line.Statistics, Has.Property("AbandonedThreads").EqualTo(1).And.Property("HeldBuffers").EqualTo(1));
        Assert.That(line.DropsOf(camera), Is.EqualTo(new[] { new FrameDrops("deaf", FrameDropReason.StageTimedOut, 1) }));
        gate.Open();
        await line.EndedAsync(timeout);
    }

    [Test]
    public async Task Twice_at_once_and_again_while_it_is_disposed(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        var gate = line.AddGate();
        var camera = line.AddCamera("a");
        line.Builder.To(line.Name("sink"), gate.Ignore);
        await line.StartAsync(timeout);
        camera.Send(3);
        await gate.EnteredAsync(1, timeout);
        Task[] all = [line.Pipeline.StopAsync(timeout), line.Pipeline.DisposeAsync().AsTask(), line.Pipeline.StopAsync(timeout), line.Pipeline.DisposeAsync().AsTask()];
        await line.UntilAsync(() => line.Of(camera).State == CameraState.Ended, "the camera has ended", timeout);
        gate.Open();
        await Task.WhenAll(all).WaitAsync(timeout);
        await line.EndedAsync(timeout);
        Assert.That(line.Of(camera), Has.Property("Processed").EqualTo(line.Of(camera).Received));
    }

    [Test]
    public async Task A_stop_whose_token_is_cancelled_drops_at_once_what_is_left(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        var gate = line.AddGate();
        var camera = line.AddCamera("a");
        line.Builder.Stage(line.Name("work"), gate.Obey, lane: LanePolicy.DropNewest(4));
        await line.StartAsync(timeout);
        camera.Send(3);
        await gate.EnteredAsync(1, timeout);
        await line.UntilAsync(() => line.Of(camera).Received == 3, "the frames have come", timeout);
        await line.Pipeline.StopAsync(new CancellationToken(canceled: true));
        await line.EndedAsync(timeout);
        Assert.That(line.DropsOf(camera), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.Stopping, 3) }));
    }

    private static FramePipelineOptions Options(bool withTime)
    {
        var options = WatchedLine.Patient();
        options.DrainTimeout = withTime ? options.DrainTimeout : TimeSpan.Zero;
        return options;
    }
}
