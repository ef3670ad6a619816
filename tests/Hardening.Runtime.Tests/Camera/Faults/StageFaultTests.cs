using System.Collections.Concurrent;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera.Faults;

/// <summary>What goes wrong in a stage with one camera's frames costs these frames, each with its reason, and no other camera's.</summary>
[CancelAfter(60_000)]
public sealed class StageFaultTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3); // which those threads have that end, whatever the clock of the line says

    private readonly ManualTimeProvider _time = new();

    [TestCase(typeof(FormatException))]
    [TestCase(typeof(OperationCanceledException))] // not because it was asked to stop
    [TestCase(typeof(ObjectDisposedException))]
    public async Task A_stage_that_throws_costs_the_frame(Type failure, CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        LineCamera struck = line.AddCamera("struck"), other = line.AddCamera("other");
        var seen = new ConcurrentQueue<long>();
        line.Builder
            .Stage(line.Name("first"), (in frame, _) => Throw(frame.Info.Camera == struck.Name && frame.Info.Sequence % 3 == 0, failure), workers: 2, lane: LanePolicy.DropNewest(40), parallelPerCamera: 2)
            .Stage(line.Name("second"), (in frame, _) => Throw(frame.Info.Camera == struck.Name && frame.Info.Sequence % 3 == 1, failure), workers: 2, lane: LanePolicy.Block(8, TimeSpan.FromSeconds(30)))
            .To(line.Name("sink"), (in frame, _) => Add(seen, frame.Info.Camera == struck.Name, frame.Info.Sequence));
        await line.StartAsync(timeout);
        struck.Send(30);
        await line.FlowAsync(other, 20, timeout);
        await line.UntilAsync(() => line.Of(struck) is { Received: 30, InFlight: 0 }, "all have come to their end", timeout);
        Assert.That(line.DropsOf(struck), Is.EqualTo(new[] { new FrameDrops("first", FrameDropReason.StageFailed, 10), new FrameDrops("second", FrameDropReason.StageFailed, 10) }));
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 10).Select(i => 2L + (3 * i))), "the others, in order");
        Assert.That(line.Of(other), Has.Property("Processed").EqualTo(20).And.Property("Dropped").Zero);
        Assert.That(line.Statistics.HeldBuffers, Is.Zero);
        await line.EndAsync(timeout);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_stage_that_hangs_costs_the_frame_whether_it_returns_or_not(bool returns, CancellationToken timeout)
    {
        await using var line = new WatchedLine(new FramePipelineOptions { DrainTimeout = TimeSpan.Zero, StopTimeout = StopLimit, ReadTimeout = TimeSpan.FromMilliseconds(5) }, _time);
        LineCamera struck = line.AddCamera("struck", isTriggered: true), other = line.AddCamera("other", isTriggered: true);
        var gate = line.AddGate((camera, sequence) => camera == struck.Name && sequence == 1);
        var seen = new ConcurrentQueue<long>();
        line.Builder.Stage(line.Name("work"), gate.Ignore, new FrameStageOptions { Workers = 2, Timeout = TimeSpan.FromSeconds(1), Lane = LanePolicy.DropNewest(8) })
            .To(line.Name("sink"), (in frame, _) => Add(seen, frame.Info.Camera == struck.Name, frame.Info.Sequence));
        await line.StartAsync(timeout);
        struck.Send(5);
        await gate.EnteredAsync(2, timeout);
        await line.FlowAsync(other, 20, timeout); // by the other thread
        Assert.That(line.Of(struck), Has.Property("Processed").EqualTo(1).And.Property("InFlight").EqualTo(4));
        await line.PassAsync(Step, () => line.Of(struck).Dropped == 1, "it is given up", timeout);
        await line.UntilAsync(() => line.Of(struck).Processed == 4, "those behind it go on", timeout);
        await line.FlowAsync(struck, 5, timeout);
        await line.FlowAsync(other, 5, timeout);
        Assert.That(seen, Is.EqualTo(new long[] { 0, 2, 3, 4, 5, 6, 7, 8, 9 }));
        Assert.That(line.DropsOf(struck), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.StageTimedOut, 1) }));
        Assert.That(line.Of(other), Has.Property("Processed").EqualTo(25).And.Property("Dropped").Zero);
        await line.UntilAsync(() => line.Statistics is { HeldBuffers: 1, Stages: [{ Hanging: 1 }] }, "its buffer is not used again", timeout);
        if (returns)
        {
            gate.Open();
            await line.UntilAsync(() => line.Statistics is { HeldBuffers: 0, Stages: [{ Hanging: 0 }] }, "it has returned", timeout);
            await line.FlowAsync(struck, 2, timeout);
        }

        await line.Pipeline.StopAsync(timeout);
        Assert.That(line.Statistics.AbandonedThreads, Is.EqualTo(returns ? 0 : 1));
        gate.Open();
        await line.EndedAsync(timeout);
    }

    [Test]
    public async Task Where_more_threads_hang_than_may_be_replaced_frames_are_shed_and_flow_again_when_they_return(CancellationToken timeout)
    {
        await using var line = new WatchedLine(time: _time);
        var gate = line.AddGate();
        var camera = line.AddCamera("a", isTriggered: true);
        line.Builder.Stage(line.Name("work"), gate.Ignore, new FrameStageOptions { Workers = 1, Timeout = TimeSpan.FromSeconds(1), MaxAbandoned = 2, Lane = LanePolicy.DropOldest(2) });
        await line.StartAsync(timeout);
        for (var hanging = 1; hanging <= 3; hanging++)
        {
            camera.Send();
            await gate.EnteredAsync(hanging, timeout);
            await line.PassAsync(Step, () => line.Of(camera).Dropped == Math.Min(hanging, 2), "it is given up, unless too many hang", timeout);
        }

        _time.Advance(TimeSpan.FromSeconds(10));
        camera.Send(10);
        await line.UntilAsync(() => line.Of(camera) is { Received: 13, InFlight: 3 }, "all but two are shed", timeout);
        Assert.That(line.DropsOf(camera), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.LaneFull, 8), new FrameDrops("work", FrameDropReason.StageTimedOut, 2) }));
        gate.Open();
        await line.UntilAsync(() => line.Of(camera).InFlight == 0, "they flow again", timeout);
        await line.FlowAsync(camera, 5, timeout);
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task Frames_behind_one_that_hangs_are_given_up_when_they_are_too_old(CancellationToken timeout)
    {
        var options = WatchedLine.Patient();
        options.MaxAge = TimeSpan.FromMilliseconds(500);
        await using var line = new WatchedLine(options, _time);
        LineCamera struck = line.AddCamera("struck", isTriggered: true), other = line.AddCamera("other", isTriggered: true);
        var gate = line.AddGate((camera, sequence) => camera == struck.Name && sequence == 0);
        line.Builder.Stage(line.Name("work"), gate.Ignore, new FrameStageOptions { Workers = 2, Timeout = TimeSpan.FromSeconds(1), Lane = LanePolicy.DropNewest(8) });
        await line.StartAsync(timeout);
        struck.Send(5);
        await gate.EnteredAsync(1, timeout);
        await line.UntilAsync(() => line.Of(struck).Received == 5, "they have come", timeout);
        await line.PassAsync(Step, () => line.Of(struck).InFlight == 0, "they are given up", timeout);
        await line.FlowAsync(other, 5, timeout);
        await line.FlowAsync(struck, 5, timeout);
        Assert.That(line.DropsOf(struck), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.PastDeadline, 4), new FrameDrops("work", FrameDropReason.StageTimedOut, 1) }));
        gate.Open();
        await line.EndAsync(timeout);
    }

    private static void Throw(bool when, Type failure)
    {
        if (when)
        {
            throw failure == typeof(ObjectDisposedException) ? new ObjectDisposedException("told to") : (Exception)Activator.CreateInstance(failure)!;
        }
    }

    private static void Add(ConcurrentQueue<long> seen, bool when, long sequence)
    {
        if (when)
        {
            seen.Enqueue(sequence);
        }
    }
}
