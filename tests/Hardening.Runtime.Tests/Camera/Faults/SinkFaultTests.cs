using System.Collections.Concurrent;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera.Faults;

/// <summary>What sinks do wrong costs the frames that it befalls, and no other camera's.</summary>
[CancelAfter(60_000)]
public sealed class SinkFaultTests
{
    [Test]
    public async Task A_sink_that_is_slow_with_one_camera_costs_that_camera_alone_what_its_lane_cannot_hold(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        LineCamera slow = line.AddCamera("slow"), other = line.AddCamera("other");
        var gate = line.AddGate((camera, _) => camera == slow.Name);
        line.Builder.Stage(line.Name("work"), (in _, _) => { }, workers: 2, lane: LanePolicy.DropOldest(2)).To(line.Name("sink"), gate.Ignore);
        await line.StartAsync(timeout);
        slow.Send();
        await gate.EnteredAsync(1, timeout);
        slow.Send(10);
        await line.FlowAsync(other, 30, timeout);
        await line.UntilAsync(() => line.Of(slow).Dropped == 8, "all but what the lane holds is shed", timeout);
        gate.Open();
        await line.UntilAsync(() => line.Of(slow).Processed == 3, "the rest is processed", timeout);
        Assert.That(line.DropsOf(slow), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.LaneFull, 8) }));
        Assert.That(gate.Entered.Where(frame => frame.Camera == slow.Name).Select(frame => frame.Sequence), Is.EqualTo(new long[] { 0, 9, 10 }), "the newest, in order");
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_slow_sink_behind_a_lane_that_blocks_holds_its_camera_back_and_no_other(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        LineCamera slow = line.AddCamera("slow"), other = line.AddCamera("other");
        var gate = line.AddGate((camera, _) => camera == slow.Name);
        line.Builder
            .Stage(line.Name("first"), (in _, _) => { }, workers: 2, lane: LanePolicy.DropNewest(8))
            .Stage(line.Name("second"), (in _, _) => { }, workers: 2, lane: LanePolicy.Block(1, TimeSpan.FromSeconds(60)))
            .To(line.Name("sink"), gate.Ignore);
        await line.StartAsync(timeout);
        slow.Send(1 + 1 + 1 + 4); // in the sink, in the second lane, waiting for room there, in the first lane
        await line.UntilAsync(() => line.Of(slow).InFlight == 7 && gate.Entered.Count == 1, "it is held back", timeout);
        await line.FlowAsync(other, 30, timeout);
        Assert.That(line.Of(slow), Has.Property("Processed").Zero.And.Property("Dropped").Zero);
        gate.Open();
        await line.UntilAsync(() => line.Of(slow).Processed == 7, "they are all processed in the end", timeout);
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_sink_that_throws_costs_the_frame_and_other_sinks_still_get_it(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        LineCamera struck = line.AddCamera("struck"), other = line.AddCamera("other");
        var archived = new ConcurrentBag<string>();
        line.Builder.Stage(line.Name("work"), (in _, _) => { }, workers: 2)
            .To(line.Name("bad"), (in frame, _) => Throw(frame.Info.Camera == struck.Name, new IOException("The disk is full.")))
            .To(line.Name("good"), (in frame, _) => archived.Add(frame.Info.Camera));
        await line.StartAsync(timeout);
        await line.FlowAsync(other, 5, timeout);
        for (var i = 1; i <= 20; i++)
        {
            struck.Send();
            await line.UntilAsync(() => line.Of(struck).Dropped == i, "the frame is dropped", timeout);
        }

        await line.FlowAsync(other, 5, timeout);
        Assert.That(line.DropsOf(struck), Is.EqualTo(new[] { new FrameDrops("bad", FrameDropReason.SinkFailed, 20) }));
        Assert.That(archived, Has.Exactly(20).EqualTo(struck.Name).And.Exactly(10).EqualTo(other.Name));
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_sink_may_say_for_which_reason_it_drops_a_frame(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        var camera = line.AddCamera("a");
        line.Builder.To(line.Name("disk"), (in frame, _) => Throw(frame.Info.Sequence == 1, new FrameDropException(FrameDropReason.LaneFull, "The queue of the disk is full.")));
        await line.StartAsync(timeout);
        camera.Send(3);
        await line.UntilAsync(() => line.Of(camera).Processed == 2, "the others are processed", timeout);
        Assert.That(line.DropsOf(camera), Is.EqualTo(new[] { new FrameDrops("disk", FrameDropReason.LaneFull, 1) }));
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_sink_that_keeps_frames_until_none_is_left_costs_those_of_that_camera_alone_is_named_and_frames_flow_again_once_it_gives_them_back(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        LineCamera kept = line.AddCamera("kept"), other = line.AddCamera("other");
        var leases = new ConcurrentQueue<FrameLease>();
        line.Builder.Stage(line.Name("work"), (in _, _) => { }, workers: 2).To(line.Name("hoard"), (in frame, _) =>
        {
            if (frame.Info.Camera == kept.Name)
            {
                leases.Enqueue(frame.Lease("hoarder"));
            }
        });
        await line.StartAsync(timeout);
        var sent = 0;
        while (line.Of(kept).Dropped == 0)
        {
            kept.Send();
            sent++;
            await line.UntilAsync(() => line.Of(kept).Received == sent && line.Of(kept).InFlight == 0, "the frame has come to its end", timeout);
        }

        Assert.That(line.DropsOf(kept), Is.EqualTo(new[] { new FrameDrops("capture", FrameDropReason.NoBuffer, 1) }));
        await line.UntilAsync(() => line.Log.Records.Any(record => record.EventId == 4104), "it is logged", timeout);
        Assert.That(line.Log.Records.Single(record => record.EventId == 4104).Message, Does.Contain($"hoarder: {leases.Count}"));
        Assert.That(line.Statistics.HeldBuffers, Is.EqualTo(leases.Count));
        await line.FlowAsync(other, 20, timeout);
        Assert.That(line.DropsOf(other), Is.Empty, "the other camera has its own share of the buffers");
        GiveBack();
        await line.FlowAsync(kept, 2, timeout);
        GiveBack();
        await line.EndAsync(timeout);

        void GiveBack()
        {
            while (leases.TryDequeue(out var lease))
            {
                lease.Dispose();
            }
        }
    }

    [Test]
    public async Task A_sink_that_cannot_be_disposed_does_not_keep_the_pipeline_from_ending(CancellationToken timeout)
    {
        await using var line = new WatchedLine();
        var camera = line.AddCamera("a");
        line.Builder.To(new UndisposableSink());
        await line.StartAsync(timeout);
        await line.FlowAsync(camera, 2, timeout);
        await line.EndAsync(timeout);
        Assert.That(line.Log.Records.Select(record => record.EventId), Does.Contain(4005));
    }

    private static void Throw(bool when, Exception what)
    {
        if (when)
        {
            throw what;
        }
    }

    private sealed class UndisposableSink : IFrameSink, IDisposable
    {
        public string Name => "undisposable";

        public void Consume(in Frame frame, CancellationToken stop)
        {
        }

        public void Dispose() => throw new IOException("told to");
    }
}
