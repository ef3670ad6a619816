using System.Collections.Concurrent;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera.Faults;

/// <summary>What goes wrong with one camera is counted, costs what it must, and no frame of another.</summary>
[CancelAfter(60_000)]
public sealed class CameraFaultTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task A_silent_camera_comes_back_and_the_others_lose_nothing(CancellationToken timeout)
    {
        var options = WatchedLine.Patient();
        options.SilentAfter = TimeSpan.FromSeconds(2);
        await using var line = new WatchedLine(options, _time);
        LineCamera silent = line.AddCamera("silent", frameRate: 30), other = line.AddCamera("other", isTriggered: true);
        await StartAsync(line, timeout);
        await line.FlowAsync(silent, 3, timeout);
        await line.PassAsync(Step, () => line.Of(silent).State == CameraState.Reconnecting, "its silence is noted", timeout);
        await line.FlowAsync(other, 20, timeout);
        await line.PassAsync(Step, () => silent.Opens >= 3, "it is opened again, and stays silent, and again", timeout);
        await line.FlowAsync(other, 20, timeout);
        silent.SkipTo(0);
        await FlowAgainAsync(line, silent, 5, timeout);
        Assert.That(line.Of(silent), Has.Property("Outages").EqualTo(1).And.Property("Reconnects").EqualTo(1).And.Property("ReconnectsOfSilent").EqualTo(1).And.Property("Lost").Zero);
        Assert.That(line.Of(silent).MissedInSilence, Is.EqualTo((long)(line.Of(silent).SilentTime.TotalSeconds * 30)).And.GreaterThan(60));
        await EndAsync(line, (silent, 8), (other, 40), timeout);
    }

    [Test]
    public async Task A_camera_that_is_gone_comes_back_and_the_others_lose_nothing(CancellationToken timeout)
    {
        await using var line = new WatchedLine(time: _time);
        LineCamera gone = line.AddCamera("gone", isTriggered: true), other = line.AddCamera("other", isTriggered: true);
        await StartAsync(line, timeout);
        await line.FlowAsync(gone, 3, timeout);
        gone.IsMissing = true;
        gone.Break();
        await line.PassAsync(Step, () => gone.Opens == 4, "it was looked for three times", timeout);
        Assert.That(line.Of(gone), Has.Property("State").EqualTo(CameraState.Reconnecting).And.Property("Failure").Message.Contains("There is no camera"));
        await line.FlowAsync(other, 20, timeout);
        gone.IsMissing = false;
        gone.FailingStarts = 2; // it is there, and does not start yet
        await line.PassAsync(Step, () => gone.Starts == 4, "it starts at the third attempt", timeout);
        gone.SkipTo(0); // powered off and on
        await line.FlowAsync(gone, 5, timeout);
        Assert.That(line.Of(gone), Has.Property("Outages").EqualTo(1).And.Property("Reconnects").EqualTo(1).And.Property("Lost").Zero.And.Property("Failure").Null);
        await EndAsync(line, (gone, 8), (other, 20), timeout);
    }

    [Test]
    public async Task Frames_that_were_on_their_way_when_their_camera_went_stay_what_they_are(CancellationToken timeout)
    {
        await using var line = new WatchedLine(time: _time);
        var gate = line.AddGate((_, sequence) => sequence < 3);
        var camera = line.AddCamera("a", isTriggered: true);
        var pixels = new ConcurrentQueue<(long Sequence, byte Pixel)>();
        line.Builder.Stage(line.Name("work"), gate.Ignore, workers: 3, lane: LanePolicy.DropNewest(8), parallelPerCamera: 3)
            .To(line.Name("sink"), (in frame, _) => pixels.Enqueue((frame.Info.Sequence, frame.Pixels[0])));
        await line.StartAsync(timeout);
        camera.Send(3);
        await gate.EnteredAsync(3, timeout);
        camera.Break();
        await line.UntilAsync(() => line.Of(camera).State == CameraState.Reconnecting, "it is gone", timeout);
        await line.PassAsync(Step, () => camera.Starts == 2, "it is back", timeout);
        camera.Send(5);
        await line.UntilAsync(() => line.Of(camera).Received == 8, "further frames have come", timeout);
        gate.Open();
        await line.UntilAsync(() => line.Of(camera).Processed == 8, "all are processed", timeout);
        Assert.That(pixels, Is.EqualTo(Enumerable.Range(0, 8).Select(i => ((long)i, (byte)i))), "in order");
        await line.EndAsync(timeout);
    }

    [TestCase(typeof(NullReferenceException))]
    [TestCase(typeof(OperationCanceledException))]
    [TestCase(typeof(TimeoutException))]
    public async Task Whatever_a_driver_throws_it_is_opened_again(Type failure, CancellationToken timeout)
    {
        await using var line = new WatchedLine(time: _time);
        LineCamera broken = line.AddCamera("broken", isTriggered: true), other = line.AddCamera("other", isTriggered: true);
        await StartAsync(line, timeout);
        for (var i = 1; i <= 3; i++)
        {
            broken.Break((Exception)Activator.CreateInstance(failure)!);
            await line.PassAsync(Step, () => broken.Starts == i + 1, "it is back", timeout);
            await line.FlowAsync(broken, 2, timeout);
            await line.FlowAsync(other, 2, timeout);
        }

        Assert.That(line.Of(broken), Has.Property("Outages").EqualTo(3).And.Property("Reconnects").EqualTo(3));
        await EndAsync(line, (broken, 6), (other, 6), timeout);
    }

    [Test]
    public async Task Damaged_frames_are_dropped_where_they_arrive_and_hold_nothing(CancellationToken timeout)
    {
        await using var line = new WatchedLine(time: _time);
        LineCamera damaged = line.AddCamera("damaged"), other = line.AddCamera("other");
        await StartAsync(line, timeout);
        for (var i = 1; i <= 30; i++)
        {
            damaged.Send(1, i % 2 == 0 ? FrameStatus.Incomplete : FrameStatus.WrongSize);
            await line.FlowAsync(other, 1, timeout);
        }

        await line.UntilAsync(() => line.Of(damaged).Dropped == 30, "they are dropped", timeout);
        await line.UntilAsync(() => line.Statistics.HeldBuffers == 0, "no buffer is out", timeout);
        Assert.That(line.DropsOf(damaged), Is.EqualTo(new[] { new FrameDrops("capture", FrameDropReason.Incomplete, 30) }));
        Assert.That(line.Of(damaged), Has.Property("ReceivedIncomplete").EqualTo(30));
        await line.FlowAsync(damaged, 2, timeout);
        await EndAsync(line, (damaged, 2), (other, 30), timeout);
    }

    [Test]
    public async Task A_driver_that_hangs_shows_as_silent_and_the_others_lose_nothing(CancellationToken timeout)
    {
        var options = WatchedLine.Patient();
        options.SilentAfter = TimeSpan.FromSeconds(2);
        await using var line = new WatchedLine(options, _time);
        LineCamera hung = line.AddCamera("hung"), other = line.AddCamera("other", isTriggered: true);
        await StartAsync(line, timeout);
        await line.FlowAsync(hung, 1, timeout);
        hung.Hang();
        hung.Send();
        await line.PassAsync(Step, () => line.Of(hung).State == CameraState.Silent, "its silence is noted", timeout);
        await line.FlowAsync(other, 20, timeout);
        hung.Release();
        await FlowAgainAsync(line, hung, 2, timeout, processedBefore: 2); // with the one that it was sent while it hung
        await EndAsync(line, (hung, 4), (other, 20), timeout);
    }

    private static Task StartAsync(WatchedLine line, CancellationToken timeout)
    {
        line.Builder.Stage(line.Name("work"), (in _, _) => { }, workers: 2).To(line.Name("sink"), (in _, _) => { });
        return line.StartAsync(timeout);
    }

    // The clock goes on until it is back, and no further: a clock that runs while a worker waits for a core makes the camera silent once more.
    private static async Task FlowAgainAsync(WatchedLine line, LineCamera camera, int frames, CancellationToken timeout, long? processedBefore = null)
    {
        var processed = (processedBefore ?? line.Of(camera).Processed) + 1;
        camera.Send();
        await line.PassAsync(Step, () => line.Of(camera).State == CameraState.Streaming, $"{camera.Name} is back", timeout);
        await line.UntilAsync(() => line.Of(camera).Processed >= processed, $"the first frame of {camera.Name} is processed", timeout);
        await line.FlowAsync(camera, frames - 1, timeout);
    }

    private static async Task EndAsync(WatchedLine line, (LineCamera Camera, long Processed) struck, (LineCamera Camera, long Processed) other, CancellationToken timeout)
    {
        Assert.That(line.Of(struck.Camera).Processed, Is.EqualTo(struck.Processed), line.Describe());
        Assert.That(line.Of(other.Camera), Has.Property("Processed").EqualTo(other.Processed).And.Property("Dropped").Zero.And.Property("Outages").Zero, line.Describe());
        await line.EndAsync(timeout);
    }
}
