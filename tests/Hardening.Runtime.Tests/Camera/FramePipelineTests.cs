using System.Collections.Concurrent;
using Hardening.Camera;
using Hardening.Stalls;

namespace Hardening.Runtime.Tests.Camera;

public sealed class FramePipelineTests
{
    private static readonly LanePolicy Patient = LanePolicy.Block(4, TimeSpan.FromSeconds(20));

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3); // of which a thread that hangs takes all, and one that ends on a busy machine not

    private static readonly FramePipelineOptions Brisk = new()
    {
        DrainTimeout = TimeSpan.FromSeconds(20), StopTimeout = TimeSpan.FromSeconds(20), ReadTimeout = TimeSpan.FromMilliseconds(20),
    };

    [Test, CancelAfter(60_000)]
    public async Task Processes_every_frame_of_every_camera_in_order_and_then_completes(CancellationToken timeout)
    {
        var seen = new ConcurrentDictionary<string, List<long>>();
        await using var pipeline = Synthetic(cameras: 3, frames: 500)
            .Stage("work", (in _, _) => { }, workers: 2, lane: Patient)
            .To("collect", (in frame, _) => seen.GetOrAdd(frame.Info.Camera, _ => []).Add(frame.Info.Sequence))
            .Build();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        var end = pipeline.GetStatistics();
        Assert.That(end.Cameras.Select(c => (c.State, c.Received, c.Processed, c.Dropped, c.InFlight, c.Lost)), Is.All.EqualTo((CameraState.Ended, 500L, 500L, 0L, 0L, 0L)));
        Assert.That(seen.Values, Is.All.EqualTo(Enumerable.Range(0, 500).Select(i => (long)i)));
        Assert.That(end.HeldBuffers, Is.Zero);
        Assert.That((end.Cameras[0].Latency.Count, end.Latency.Count), Is.EqualTo((500, 1_500)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Keeps_the_order_of_each_camera_whatever_runs_in_parallel(CancellationToken timeout)
    {
        var last = new long[4];
        var disorder = 0;
        var atOnce = new int[4];
        var most = 0;
        await using var pipeline = Synthetic(cameras: 4, frames: 1_000)
            .Stage("uneven", (in frame, _) =>
            {
                var camera = Camera(frame);
                var now = Interlocked.Increment(ref atOnce[camera]);
                InterlockedMax(ref most, now);
                Thread.SpinWait((int)(frame.Info.Sequence * 7919 % 3_000));
                Interlocked.Decrement(ref atOnce[camera]);
            }, workers: 6, lane: Patient, parallelPerCamera: 3)
            .Stage("second", (in _, _) => { }, workers: 2, lane: Patient)
            .To("check", (in frame, _) =>
            {
                if (Interlocked.Exchange(ref last[Camera(frame)], frame.Info.Sequence + 1) != frame.Info.Sequence)
                {
                    Interlocked.Increment(ref disorder);
                }
            })
            .Build();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(disorder, Is.Zero);
        Assert.That(last, Is.All.EqualTo(1_000));
        Assert.That(most, Is.InRange(1, 3));

        static int Camera(in Frame frame) => frame.Info.Camera[^1] - '0';
    }

    [TestCase(LaneMode.LatestWins, new long[] { 0, 9 }, FrameDropReason.ReplacedByNewer)]
    [TestCase(LaneMode.DropOldest, new long[] { 0, 7, 8, 9 }, FrameDropReason.LaneFull)]
    [TestCase(LaneMode.DropNewest, new long[] { 0, 1, 2, 3 }, FrameDropReason.LaneFull)]
    [CancelAfter(60_000)]
    public async Task Sheds_by_its_policy_when_a_stage_is_slow_and_counts_it(LaneMode mode, long[] processed, FrameDropReason reason, CancellationToken timeout)
    {
        var lane = mode switch
        {
            LaneMode.LatestWins => LanePolicy.LatestWins,
            LaneMode.DropOldest => LanePolicy.DropOldest(3),
            _ => LanePolicy.DropNewest(3),
        };
        using var slow = new GatedStage();
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder().From(source).Stage("slow", slow.Process, lane: lane).Build();
        await pipeline.StartAsync(timeout);
        source.Send();
        await slow.EnteredAsync(1, timeout);
        source.Send(9);
        source.End();
        await Eventually.HoldsAsync(() => Only(pipeline).State == CameraState.Ended, "the camera ends", timeout);
        Assert.That(Only(pipeline), Has.Property("Received").EqualTo(10).And.Property("InFlight").EqualTo(processed.Length));
        slow.Open();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(slow.Seen, Is.EqualTo(processed));
        Assert.That(Only(pipeline).Drops, Is.EqualTo(new[] { new FrameDrops("slow", reason, 10 - processed.Length) }));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_lane_that_blocks_holds_capture_back_and_drops_when_its_limit_is_over(CancellationToken timeout)
    {
        using var slow = new GatedStage();
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder().From(source).Stage("slow", slow.Process, lane: LanePolicy.Block(2, TimeSpan.FromMilliseconds(50))).Build();
        await pipeline.StartAsync(timeout);
        source.Send();
        await slow.EnteredAsync(1, timeout);
        source.Send(4); // two wait, two find no room in time
        source.End();
        await Eventually.HoldsAsync(() => Only(pipeline).State == CameraState.Ended, "the camera ends", timeout);
        slow.Open();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(slow.Seen, Is.EqualTo(new long[] { 0, 1, 2 }));
        Assert.That(Only(pipeline).Drops, Is.EqualTo(new[] { new FrameDrops("slow", FrameDropReason.LaneFull, 2) }));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_slow_camera_takes_no_room_from_another(CancellationToken timeout)
    {
        using var slow = new GatedStage(only: "slow");
        ScriptedFrameSource held = new("slow"), free = new("free");
        await using var pipeline = Builder().From(held).From(free).Stage("work", slow.Process, workers: 2, lane: LanePolicy.DropOldest(2)).Build();
        await pipeline.StartAsync(timeout);
        held.Send(10);
        await slow.EnteredAsync(1, timeout);
        for (var i = 1; i <= 50; i++)
        {
            free.Send();
            await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras[1].Processed == i, "the free camera's frame is processed", timeout);
        }

        slow.Open();
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(60_000)]
    public async Task Damaged_frames_are_dropped_and_counted_or_delivered_as_such(bool deliver, CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        var statuses = new List<FrameStatus>();
        await using var pipeline = Builder(new FramePipelineOptions { DeliverIncomplete = deliver })
            .From(source).WithSinkLane(Patient).To("collect", (in frame, _) => statuses.Add(frame.Info.Status)).Build();
        source.Send();
        source.Send(2, FrameStatus.Incomplete);
        source.Send(1, FrameStatus.WrongSize);
        source.End();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(Only(pipeline), Has.Property("Received").EqualTo(4).And.Property("ReceivedIncomplete").EqualTo(3));
        Assert.That(statuses, Has.Count.EqualTo(deliver ? 4 : 1));
        Assert.That(Only(pipeline).Drops, Is.EqualTo(deliver ? [] : new[] { new FrameDrops("capture", FrameDropReason.Incomplete, 3) }));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_sink_that_keeps_frames_shows_as_drops_for_want_of_a_buffer_with_its_name(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        var kept = new List<FrameLease>();
        using var log = new LogRecorder();
        await using var pipeline = Builder().From(source).WithSinkLane(Patient).To("hoarder", (in frame, _) => kept.Add(frame.Lease("hoarder"))).Build(loggers: log);
        await pipeline.StartAsync(timeout);
        source.Send(50);
        await Eventually.HoldsAsync(() => Only(pipeline).Received == 50 && Only(pipeline).InFlight == 0, "all frames have come", timeout);
        var drop = Only(pipeline).Drops.Single();
        Assert.That((drop.Edge, drop.Reason), Is.EqualTo(("capture", FrameDropReason.NoBuffer)));
        Assert.That(drop.Count + Only(pipeline).Processed, Is.EqualTo(50));
        await Eventually.HoldsAsync(() => log.Records.Any(r => r.EventId == 4104), "that is logged", timeout);
        Assert.That(log.Records.Single(r => r.EventId == 4104).Message, Does.Contain("hoarder: "));
        Assert.That(Only(pipeline).Lost, Is.Zero, "a frame that was dropped is no gap");

        kept.ForEach(lease => lease.Dispose());
        kept.Clear();
        source.Send();
        await Eventually.HoldsAsync(() => kept.Count == 1, "frames flow again", timeout);
        kept.ForEach(lease => lease.Dispose());
    }

    [Test, CancelAfter(60_000)]
    public async Task A_stage_or_sink_that_throws_costs_that_frame_only(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        using var log = new LogRecorder();
        var other = 0;
        await using var pipeline = Builder().From(source)
            .Stage("work", (in frame, _) => Throw(frame.Info.Sequence % 3 == 0), lane: Patient)
            .To("bad", (in frame, _) => Throw(frame.Info.Sequence % 3 == 1))
            .To("good", (in _, _) => other++)
            .Build(loggers: log);
        source.Send(30);
        source.End();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(Only(pipeline).Processed, Is.EqualTo(10));
        Assert.That(Only(pipeline).Drops, Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.StageFailed, 10), new FrameDrops("bad", FrameDropReason.SinkFailed, 10) }));
        Assert.That(other, Is.EqualTo(20), "the other sink gets the frame all the same");
        Assert.That(log.Records.Where(r => r.EventId is 4003 or 4004), Has.Exactly(2).Items, "one line each, not one per frame");
        Assert.That(pipeline.GetStatistics().HeldBuffers, Is.Zero);

        static void Throw(bool when)
        {
            if (when)
            {
                throw new FormatException("told to");
            }
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_camera_that_breaks_ends_alone_when_it_is_not_to_be_opened_again(CancellationToken timeout)
    {
        ScriptedFrameSource broken = new("broken"), whole = new("whole");
        await using var pipeline = Builder(new FramePipelineOptions { Reconnect = { Enabled = false } }).From(broken).From(whole).WithSinkLane(Patient).To("none", (in _, _) => { }).Build();
        await pipeline.StartAsync(timeout);
        broken.Send(2);
        broken.Fail(new FrameSourceException("broken", "The cable is out."));
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras[0].State == CameraState.Failed, "the camera fails", timeout);
        whole.Send(5);
        whole.End();
        await pipeline.Completion.WaitAsync(timeout);
        var cameras = pipeline.GetStatistics().Cameras;
        Assert.That(cameras[0], Has.Property("Processed").EqualTo(2));
        Assert.That(cameras[0].Failure!.Message, Is.EqualTo("The cable is out."));
        Assert.That((cameras[0].Outages, cameras[1].Outages), Is.EqualTo((1, 0)));
        Assert.That(pipeline.GetStatistics().Cameras[0].SilentTime, Is.GreaterThan(cameras[0].SilentTime), "it owes frames for as long as somebody expects them");
        await pipeline.StopAsync(timeout);
        var silent = pipeline.GetStatistics().Cameras[0].SilentTime;
        Assert.That(pipeline.GetStatistics().Cameras[0].SilentTime, Is.EqualTo(silent));
        Assert.That((cameras[1].State, cameras[1].Processed), Is.EqualTo((CameraState.Ended, 5)));
        Assert.That(broken.IsDisposed);
    }

    [Test, CancelAfter(60_000)]
    public async Task Gaps_in_the_numbers_are_frames_lost_before_us(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder().From(source).WithSinkLane(Patient).To("none", (in _, _) => { }).Build();
        source.SkipTo(100);
        source.Send(2);
        source.SkipTo(105);
        source.Send(1);
        source.SkipTo(0); // powered off and on: what was lost then, its numbers do not tell
        source.Send(2);
        source.End();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(Only(pipeline), Has.Property("Received").EqualTo(5).And.Property("Lost").EqualTo(3).And.Property("Gaps").EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_camera_that_falls_silent_is_counted_and_comes_back(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource { FrameRate = 100 };
        using var log = new LogRecorder();
        var time = new ManualTimeProvider();
        await using var pipeline = Builder(new FramePipelineOptions { SilentAfter = TimeSpan.FromMilliseconds(100), ReadTimeout = TimeSpan.FromMilliseconds(10), Reconnect = { WhenSilent = false } })
            .From(source).WithSinkLane(Patient).To("none", (in _, _) => { }).Build(time, log);
        await pipeline.StartAsync(timeout);
        source.Send();
        await Eventually.HoldsAsync(() => Only(pipeline).Processed == 1, "it streams", timeout);
        time.Advance(TimeSpan.FromMilliseconds(101));
        await Eventually.HoldsAsync(() => Only(pipeline).State == CameraState.Silent, "it is silent", timeout);
        Assert.That(Only(pipeline).SilentTime, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(100)));
        Assert.That(Only(pipeline).MissedInSilence, Is.GreaterThanOrEqualTo(10));
        source.Send();
        await Eventually.HoldsAsync(() => Only(pipeline).State == CameraState.Streaming, "it is back", timeout);
        Assert.That(Only(pipeline).Outages, Is.EqualTo(1));
        await Eventually.HoldsAsync(() => log.Records.Any(r => r.EventId == 4102), "that is logged", timeout);
        Assert.That(log.Records.Select(r => r.EventId), Has.One.EqualTo(4101));
    }

    [Test, CancelAfter(60_000)]
    public async Task Stopping_processes_what_is_in_flight(CancellationToken timeout)
    {
        using var slow = new GatedStage();
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder(Brisk).From(source).Stage("slow", slow.Process, lane: LanePolicy.DropOldest(8)).Build();
        await pipeline.StartAsync(timeout);
        source.Send(5);
        await Eventually.HoldsAsync(() => Only(pipeline).Received == 5, "the frames have come", timeout);
        var stopping = pipeline.StopAsync(timeout);
        slow.Open();
        await stopping;
        Assert.That(Only(pipeline), Has.Property("Processed").EqualTo(5).And.Property("State").EqualTo(CameraState.Ended));
        Assert.That(source.IsDisposed);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_cannot_be_processed_in_time_is_dropped_as_stopping(CancellationToken timeout)
    {
        using var slow = new GatedStage();
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder(new FramePipelineOptions { DrainTimeout = TimeSpan.Zero }).From(source).Stage("slow", slow.ProcessUntilStopped, lane: LanePolicy.DropOldest(8)).Build();
        await pipeline.StartAsync(timeout);
        source.Send(5);
        await Eventually.HoldsAsync(() => Only(pipeline).Received == 5, "the frames have come", timeout);
        await pipeline.StopAsync(timeout);
        Assert.That(Only(pipeline).Drops, Is.EqualTo(new[] { new FrameDrops("slow", FrameDropReason.Stopping, 5) }));
        Assert.That(Only(pipeline).InFlight, Is.Zero);
        Assert.That(pipeline.GetStatistics(), Has.Property("HeldBuffers").Zero.And.Property("AbandonedThreads").Zero);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_stage_that_hangs_does_not_hang_the_shutdown(CancellationToken timeout)
    {
        using var hung = new GatedStage();
        var source = new ScriptedFrameSource();
        using var log = new LogRecorder();
        var pipeline = Builder(new FramePipelineOptions { DrainTimeout = TimeSpan.FromMilliseconds(50), StopTimeout = StopLimit })
            .From(source).Stage("hung", hung.Process, lane: LanePolicy.DropOldest(8)).Build(loggers: log);
        await pipeline.StartAsync(timeout);
        source.Send(5);
        await Eventually.HoldsAsync(() => Only(pipeline).Received == 5, "the frames have come", timeout);
        await pipeline.StopAsync(timeout);
        var end = pipeline.GetStatistics();
        Assert.That((end.AbandonedThreads, end.HeldBuffers, Only(pipeline).InFlight, Only(pipeline).Dropped), Is.EqualTo((1, 1, 1, 4)));
        Assert.That(log.Records.Count(r => r.EventId == 4002), Is.EqualTo(1));
        hung.Open();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(Only(pipeline), Has.Property("InFlight").Zero.And.Property("Processed").EqualTo(1));
        Assert.That(pipeline.GetStatistics().HeldBuffers, Is.Zero);
        await pipeline.DisposeAsync();
    }

    [Test, CancelAfter(60_000)]
    public async Task A_driver_that_hangs_does_not_hang_the_shutdown(CancellationToken timeout)
    {
        ScriptedFrameSource hung = new("hung"), whole = new("whole");
        var pipeline = Builder(new FramePipelineOptions { DrainTimeout = TimeSpan.FromMilliseconds(50), StopTimeout = StopLimit })
            .From(hung).From(whole).WithSinkLane(Patient).To("none", (in _, _) => { }).Build();
        await pipeline.StartAsync(timeout);
        hung.Hang();
        whole.Send(3);
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras[1].Processed == 3, "the other camera goes on", timeout);
        await pipeline.StopAsync(timeout);
        Assert.That(pipeline.GetStatistics().AbandonedThreads, Is.EqualTo(1));
        Assert.That(hung.IsDisposed, Is.False, "never freed under a running call");
        hung.Release();
        await Eventually.HoldsAsync(() => hung.IsDisposed, "its own thread disposes it once the call returns", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Without_one_camera_none_runs(CancellationToken timeout)
    {
        var missing = new ScriptedFrameSource("missing") { OpenFailure = new FrameSourceException("missing", "There is no camera 'missing'.") };
        var there = new ScriptedFrameSource("there");
        var sink = new DisposableSink();
        await using var pipeline = Builder(Brisk).From(there).From(missing).To(sink).Build();
        Assert.That(() => pipeline.StartAsync(timeout), Throws.TypeOf<FrameSourceException>().With.Property("SourceName").EqualTo("missing"));
        Assert.That((there.IsDisposed, missing.IsDisposed, sink.IsDisposed), Is.EqualTo((true, true, true)));
        Assert.That(pipeline.GetStatistics().AbandonedThreads, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_camera_that_does_not_open_in_time_is_named(CancellationToken timeout)
    {
        var stuck = new ScriptedFrameSource("stuck") { HangsInOpen = true };
        var pipeline = Builder(new FramePipelineOptions { OpenTimeout = TimeSpan.FromMilliseconds(100), StopTimeout = StopLimit })
            .From(stuck).To("none", (in _, _) => { }).Build();
        Assert.That(() => pipeline.StartAsync(timeout), Throws.TypeOf<FrameSourceException>().With.Property("SourceName").EqualTo("stuck").And.Message.Contains("OpenTimeout"));
        Assert.That(pipeline.GetStatistics().AbandonedThreads, Is.EqualTo(1));
        stuck.Release();
        await Eventually.HoldsAsync(() => stuck.IsDisposed, "the camera is closed once it is open", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_stage_that_cannot_be_made_fails_the_start(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder(Brisk).From(source).Stage("bad", () => throw new FormatException("no model file")).Build();
        Assert.That(() => pipeline.StartAsync(timeout), Throws.TypeOf<FormatException>());
        Assert.That(source.IsDisposed);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_pool_larger_than_allowed_is_refused_with_its_size(CancellationToken timeout)
    {
        var options = new FramePipelineOptions { MaxPoolBytes = 1 << 20 };
        await using var pipeline = new FramePipelineBuilder("big") { Options = options }
            .FromSynthetic(new SyntheticFrameSourceOptions()).To("none", (in _, _) => { }).Build();
        Assert.That(() => pipeline.StartAsync(timeout), Throws.TypeOf<InsufficientMemoryException>().With.Message.Contains("MaxPoolBytes"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Runs_once(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder(Brisk).From(source).To("none", (in _, _) => { }).Build();
        await pipeline.StopAsync(timeout); // before the start: nothing to stop
        await pipeline.StartAsync(timeout);
        Assert.That(() => pipeline.StartAsync(timeout), Throws.InvalidOperationException);
        await pipeline.StopAsync(timeout);
        await pipeline.StopAsync(timeout);
        Assert.That(() => pipeline.StartAsync(timeout), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Disposing_without_starting_disposes_what_it_owns()
    {
        var source = new ScriptedFrameSource();
        var sink = new DisposableSink();
        await Builder().From(source).To(sink).Build().DisposeAsync();
        Assert.That((source.IsDisposed, sink.IsDisposed), Is.EqualTo((true, true)));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_books_add_up_at_any_time(CancellationToken timeout)
    {
        var random = new Random(1);
        var builder = Builder(Brisk);
        for (var camera = 0; camera < 3; camera++)
        {
            builder.FromSynthetic(new SyntheticFrameSourceOptions
            {
                Name = $"c{camera}", Width = 64, Height = 64, FrameRate = null, Frames = 5_000, Seed = camera,
                Faults = new SyntheticFaults { Loss = 0.05, Corruption = 0.05 },
            });
        }

        var looks = 0;
        var wrong = new ConcurrentQueue<CameraStatistics>();
        FramePipeline? running = null;
        await using var pipeline = running = builder
            .Stage("look", (in _, _) => Look(), workers: 2, lane: Patient, parallelPerCamera: 2)
            .Stage("sheds", (in frame, _) => ThrowSometimes(frame), workers: 2, lane: LanePolicy.DropOldest(2), parallelPerCamera: 2)
            .Stage("next", (in _, _) => Thread.SpinWait(random.Next(500)), lane: LanePolicy.LatestWins)
            .To("sink", (in frame, _) => ThrowSometimes(frame))
            .Build();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(looks, Is.GreaterThan(10_000), "every whole frame comes as far as the look");
        Assert.That(wrong, Is.Empty);
        foreach (var camera in pipeline.GetStatistics().Cameras)
        {
            Assert.That(camera.Received + camera.Lost, Is.InRange(4_980, 5_000), "all but what was lost at the very end, after which no number comes");
            Assert.That((camera.Received, camera.InFlight), Is.EqualTo((camera.Processed + camera.Dropped, 0L)));
        }

        Assert.That(pipeline.GetStatistics().HeldBuffers, Is.Zero);

        // While two captures, two workers of the stage before, and the other cameras' frames are on their way.
        void Look()
        {
            Interlocked.Increment(ref looks);
            foreach (var camera in running!.GetStatistics().Cameras)
            {
                if (camera.Received != camera.Processed + camera.Dropped + camera.InFlight || camera.InFlight < 0)
                {
                    wrong.Enqueue(camera);
                }
            }
        }

        static void ThrowSometimes(in Frame frame)
        {
            if (frame.Info.Sequence % 17 == 0)
            {
                throw new FormatException("told to");
            }
        }
    }

    [Test, CancelAfter(120_000)]
    public async Task Allocates_no_managed_byte_on_its_threads_in_the_steady_state(CancellationToken timeout)
    {
        const int Frames = 11_000;
        using var threads = new ThreadAllocations(warmUp: 500);
        var result = new FrameResult<int>();
        var sum = 0;
        var builder = Builder(Brisk);
        for (var camera = 0; camera < 2; camera++)
        {
            var options = new SyntheticFrameSourceOptions { Name = $"camera-{camera}", Width = 64, Height = 64, FrameRate = null, Frames = Frames / 2 };
            builder.From(new MeteredSource(new SyntheticFrameSource(options), threads));
        }

        await using var pipeline = builder
            .Stage("first", (in frame, _) =>
            {
                threads.Look();
                result.Set(frame, frame.Pixels[0]);
            }, workers: 2, lane: Patient)
            .Stage("second", (in _, _) => threads.Look(), lane: Patient)
            .To("sink", (in frame, _) => Interlocked.Add(ref sum, result.Get(frame)))
            .Build();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(pipeline.GetStatistics().Cameras.Sum(c => c.Processed), Is.EqualTo(Frames));
        Assert.That(threads.Measured, Is.InRange(4, 5), "both capture threads and the workers; one worker may have had next to nothing to do");

        // As a rule it is none at all. Beside busy loops one run of thirty showed 88 bytes: far too little to come from the frames.
        const int SmallestObject = 24;
        TestContext.Out.WriteLine($"{threads.Bytes} bytes for {Frames} frames");
        Assert.That(threads.Bytes, Is.LessThan(SmallestObject * Frames / 100), "not even the smallest object in a hundred frames");
    }

    [Test, CancelAfter(60_000)]
    public async Task Measures_what_it_counts(CancellationToken timeout)
    {
        using var metrics = new MetricRecorder("measured");
        var source = new ScriptedFrameSource("cam");
        await using var pipeline = new FramePipelineBuilder("measured").From(source).WithSinkLane(Patient).To("archive", (in _, _) => { }).Build();
        source.Send(3);
        source.Send(1, FrameStatus.Incomplete);
        source.SkipTo(10);
        source.Send();
        source.End();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        var records = metrics.Collect();
        Assert.Multiple(() =>
        {
            Assert.That(Value("hardening.camera.frame.received", ("hardening.frame.status", "complete")), Is.EqualTo(4));
            Assert.That(Value("hardening.camera.frame.received", ("hardening.frame.status", "incomplete")), Is.EqualTo(1));
            Assert.That(Value("hardening.camera.frame.processed"), Is.EqualTo(4));
            Assert.That(Value("hardening.camera.frame.dropped", ("hardening.drop.reason", "incomplete")), Is.EqualTo(1));
            Assert.That(Value("hardening.camera.frame.lost"), Is.EqualTo(6));
            Assert.That(Value("hardening.camera.frame.in_flight"), Is.Zero);
            Assert.That(records.Where(r => r.Name == "hardening.camera.frame.age"), Has.Exactly(4).Items);
            Assert.That(records.Select(r => r.Tags["hardening.camera.name"]), Is.All.EqualTo("cam"));
        });

        double Value(string name, params (string Key, string Value)[] tags) =>
            records.Single(r => r.Name == name && tags.All(tag => tag.Value.Equals(r.Tags[tag.Key]))).Value;
    }

    [Test, CancelAfter(60_000)]
    public async Task A_stage_that_hangs_is_a_stall_with_its_name(CancellationToken timeout)
    {
        using var watchdog = new StallWatchdog(new StallWatchdogOptions { StallAfter = TimeSpan.FromMilliseconds(600), CheckEvery = TimeSpan.FromMilliseconds(20) });
        var stalled = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        watchdog.StallDetected += (_, stall) =>
        {
            if (stall.Heartbeat == "test/hung")
            {
                stalled.TrySetResult(stall.Heartbeat);
            }
        };
        watchdog.Start();
        using var hung = new GatedStage();
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder(Brisk).From(source).Stage("hung", hung.Process).Build(watchdog: watchdog);
        await pipeline.StartAsync(timeout);
        source.Send();
        Assert.That(await stalled.Task.WaitAsync(timeout), Is.EqualTo("test/hung"));
        hung.Open();
    }

    private static FramePipelineBuilder Builder(FramePipelineOptions? options = null) => new("test") { Options = options ?? new FramePipelineOptions() };

    private static FramePipelineBuilder Synthetic(int cameras, long frames)
    {
        var builder = Builder(Brisk);
        for (var camera = 0; camera < cameras; camera++)
        {
            builder.FromSynthetic(new SyntheticFrameSourceOptions { Name = $"camera-{camera}", Width = 64, Height = 64, FrameRate = null, Frames = frames, Seed = camera });
        }

        return builder;
    }

    private static CameraStatistics Only(FramePipeline pipeline) => pipeline.GetStatistics().Cameras.Single();

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    /// <summary>What each thread that looks in allocates between its first looks and its last.</summary>
    private sealed class ThreadAllocations(int warmUp) : IDisposable
    {
        private readonly ThreadLocal<Account> _accounts = new(() => new Account(), trackAllValues: true);

        public void Dispose() => _accounts.Dispose();

        public int Measured => _accounts.Values.Count(account => account.Looks > warmUp);

        public long Bytes => _accounts.Values.Sum(account => account.Last - account.First);

        public void Look()
        {
            var account = _accounts.Value!;
            if (++account.Looks > warmUp)
            {
                account.Last = GC.GetAllocatedBytesForCurrentThread();
            }

            account.First = account.Looks == warmUp + 1 ? account.Last : account.First;
        }

        private sealed class Account
        {
            public int Looks { get; set; }

            public long First { get; set; }

            public long Last { get; set; }
        }
    }

    /// <summary>Looks at what the capture thread allocates, at each read.</summary>
    private sealed class MeteredSource(IFrameSource inner, ThreadAllocations threads) : IFrameSource
    {
        public string Name => inner.Name;

        public int DriverBuffers => inner.DriverBuffers;

        public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken) => inner.Open(context, cancellationToken);

        public void Start(FramePool pool) => inner.Start(pool);

        public FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken)
        {
            threads.Look();
            return inner.Read(timeout, cancellationToken);
        }

        public void Stop() => inner.Stop();

        public void Dispose() => inner.Dispose();
    }

    private sealed class DisposableSink : IFrameSink, IDisposable
    {
        public string Name => "sink";

        public bool IsDisposed { get; private set; }

        public void Consume(in Frame frame, CancellationToken stop)
        {
        }

        public void Dispose() => IsDisposed = true;
    }

    /// <summary>Work that does not go on until the test lets it.</summary>
    private sealed class GatedStage(string? only = null) : IDisposable
    {
        private readonly ManualResetEventSlim _gate = new();
        private readonly ConcurrentQueue<long> _seen = new();

        public IEnumerable<long> Seen => _seen;

        public void Process(in Frame frame, CancellationToken stop)
        {
            _seen.Enqueue(frame.Info.Sequence);
            if (only is null || frame.Info.Camera == only)
            {
                _gate.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            }
        }

        public void ProcessUntilStopped(in Frame frame, CancellationToken stop)
        {
            _seen.Enqueue(frame.Info.Sequence);
            _gate.Wait(TimeSpan.FromSeconds(30), stop);
        }

        public Task EnteredAsync(int count, CancellationToken timeout) => Eventually.HoldsAsync(() => _seen.Count >= count, "the stage is entered", timeout);

        public void Open() => _gate.Set();

        public void Dispose() => _gate.Set(); // not disposed: a stage that hangs may still be in it
    }
}
