using System.Collections.Concurrent;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

/// <summary>Work that takes too long, and frames that are too old.</summary>
public sealed class FrameStageLimitTests
{
    private readonly ManualTimeProvider _time = new();

    [Test, CancelAfter(60_000)]
    public async Task Work_that_hangs_costs_its_frame_and_another_thread_goes_on_in_order(CancellationToken timeout)
    {
        using var release = new ManualResetEventSlim();
        using var log = new LogRecorder();
        var made = new ConcurrentQueue<HangsOn>();
        var seen = new ConcurrentQueue<long>();
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder()
            .From(source)
            .Stage("work", () => Add(made, new HangsOn(2, release)), new FrameStageOptions { Timeout = TimeSpan.FromSeconds(1), Lane = LanePolicy.DropOldest(16), Workers = 2, ParallelPerCamera = 2 })
            .To("collect", (in frame, _) => seen.Enqueue(frame.Info.Sequence))
            .Build(_time, log);
        await pipeline.StartAsync(timeout);
        source.Send(6);
        await Eventually.HoldsAsync(() => made.Any(stage => stage.IsHanging), "the work hangs", timeout);
        await Eventually.HoldsAsync(() => Only(pipeline).Processed == 2, "those before it are through", timeout);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        await Eventually.HoldsAsync(() => Only(pipeline).Processed == 5, "the others are through", timeout);
        Assert.That(seen, Is.EqualTo(new long[] { 0, 1, 3, 4, 5 }));
        Assert.That(Only(pipeline).Drops, Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.StageTimedOut, 1) }));
        Assert.That((pipeline.GetStatistics().Stages[0].Hanging, pipeline.GetStatistics().HeldBuffers, Only(pipeline).InFlight), Is.EqualTo((1, 1, 0L)));
        Assert.That(made, Has.Count.EqualTo(3), "the new thread has an instance of its own");
        await Eventually.HoldsAsync(() => made.First(stage => stage.IsHanging).WasCancelled, "its token is cancelled", timeout);
        Assert.That(log.Records.Where(r => r.EventId == 4006).Select(r => r.Message), Has.One.Contains("frame 2").And.One.Contains("takes the place"));

        // It comes back late: its buffer is free, its instance disposed, and nothing is counted twice.
        release.Set();
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Stages[0].Hanging == 0, "it has come back", timeout);
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().HeldBuffers == 0, "its buffer is back", timeout);
        await Eventually.HoldsAsync(() => made.Count(stage => stage.IsDisposed) == 1, "its instance is disposed", timeout);
        source.Send();
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        var end = Only(pipeline);
        Assert.That((end.Received, end.Processed, end.Dropped, end.InFlight), Is.EqualTo((7L, 6L, 1L, 0L)));
        await pipeline.StopAsync(timeout);
        Assert.That(made.Select(stage => stage.IsDisposed), Is.All.True);
        Assert.That(pipeline.GetStatistics().AbandonedThreads, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public async Task No_more_threads_are_replaced_than_may_hang(CancellationToken timeout)
    {
        using var release = new ManualResetEventSlim();
        var source = new ScriptedFrameSource();
        var entered = 0;
        var pipeline = new FramePipelineBuilder("test") { Options = new FramePipelineOptions { DrainTimeout = TimeSpan.Zero, StopTimeout = TimeSpan.FromSeconds(3), ReadTimeout = TimeSpan.FromMilliseconds(5) } }
            .From(source)
            .Stage(
                "work",
                (in _, _) =>
                {
                    Interlocked.Increment(ref entered);
                    release.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
                },
                new FrameStageOptions { Timeout = TimeSpan.FromSeconds(1), Lane = LanePolicy.DropOldest(16), MaxAbandoned = 2 })
            .Build(_time);
        await pipeline.StartAsync(timeout);
        source.Send(5);
        foreach (var hanging in (int[])[1, 2, 3])
        {
            await Eventually.HoldsAsync(() => Volatile.Read(ref entered) == hanging, $"frame {hanging} is worked on", timeout);
            _time.Advance(TimeSpan.FromSeconds(1.5));
        }

        Assert.That(Only(pipeline).Drops, Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.StageTimedOut, 2) }), "the third hangs, and stays in flight");
        var stopping = pipeline.StopAsync(timeout);
        await Eventually.HoldsAsync(() => Only(pipeline).Dropped == 4, "those that wait are given up", timeout);
        await stopping;
        Assert.That(pipeline.GetStatistics().AbandonedThreads, Is.EqualTo(3));
        release.Set();
        await pipeline.Completion.WaitAsync(timeout);
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().HeldBuffers == 0, "all buffers are back", timeout);
        Assert.That(Only(pipeline), Has.Property("InFlight").Zero.And.Property("Received").EqualTo(5));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_stage_that_cannot_be_made_anew_drops_its_frames_and_says_why(CancellationToken timeout)
    {
        using var release = new ManualResetEventSlim();
        using var log = new LogRecorder();
        var made = 0;
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder()
            .From(source)
            .Stage("work", () => made++ == 0 ? new HangsOn(0, release) : throw new InvalidOperationException("No licence is left."), new FrameStageOptions { Timeout = TimeSpan.FromSeconds(1) })
            .Build(_time, log);
        await pipeline.StartAsync(timeout);
        source.Send();
        await Eventually.HoldsAsync(() => Only(pipeline).Received == 1, "the frame has come", timeout);
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Only(pipeline).Dropped == 1;
            },
            "it is given up",
            timeout);
        source.Send();
        source.End();
        await Eventually.HoldsAsync(() => Only(pipeline).Dropped == 2, "the next one is dropped", timeout);
        Assert.That(log.Records.Single(r => r.EventId == 4003).Exception!.Message, Does.Contain("No licence is left."));
        release.Set();
    }

    [Test, CancelAfter(60_000)]
    public async Task A_frame_that_is_too_old_is_dropped_rather_than_worked_on(CancellationToken timeout)
    {
        using var gate = new SemaphoreSlim(0);
        ScriptedFrameSource left = new("left"), right = new("right");
        var seen = new ConcurrentQueue<(string, long)>();
        await using var pipeline = Builder(options => options.MaxAge = TimeSpan.FromMilliseconds(100))
            .From(left).From(right)
            .Stage(
                "work",
                (in frame, _) =>
                {
                    seen.Enqueue((frame.Info.Camera, frame.Info.Sequence));
                    gate.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
                },
                new FrameStageOptions { Lane = LanePolicy.DropOldest(16) })
            .Build(_time);
        await pipeline.StartAsync(timeout);
        left.Send(3);
        await Eventually.HoldsAsync(() => Camera(pipeline, 0).Received == 3 && seen.Count == 1, "the first is worked on", timeout);
        right.Send(2);
        await Eventually.HoldsAsync(() => Camera(pipeline, 1).Received == 2, "the others wait", timeout);
        _time.Advance(TimeSpan.FromMilliseconds(101));
        gate.Release();
        await Eventually.HoldsAsync(() => Camera(pipeline, 0).Dropped == 2 && Camera(pipeline, 1).Dropped == 2, "those that waited are dropped", timeout);
        left.Send();
        right.Send();
        gate.Release(2);
        left.End();
        right.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(seen, Is.EquivalentTo(new[] { ("left", 0L), ("left", 3L), ("right", 2L) }));
        Assert.That(Camera(pipeline, 1).Drops, Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.PastDeadline, 2) }));
    }

    [Test, CancelAfter(60_000)]
    public async Task Stages_and_sinks_may_name_the_reason_of_a_drop(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder().From(source)
            .Stage("work", (in frame, _) => Throw(frame.Info.Sequence == 0, FrameDropReason.WorkersBusy), lane: LanePolicy.DropOldest(8))
            .To("keep", (in frame, _) => Throw(frame.Info.Sequence == 1, FrameDropReason.WorkerFailed))
            .Build(_time);
        await pipeline.StartAsync(timeout);
        source.Send(3);
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(Only(pipeline).Drops, Is.EquivalentTo(new[] { new FrameDrops("work", FrameDropReason.WorkersBusy, 1), new FrameDrops("keep", FrameDropReason.WorkerFailed, 1) }));

        static void Throw(bool holds, FrameDropReason reason)
        {
            if (holds)
            {
                throw new FrameDropException(reason, "There is no place for it.");
            }
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Tells_how_long_frames_wait_and_are_worked_on(CancellationToken timeout)
    {
        using var gate = new SemaphoreSlim(0);
        using var entered = new SemaphoreSlim(0);
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder().From(source)
            .Stage(
                "work",
                (in _, _) =>
                {
                    entered.Release();
                    gate.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
                },
                new FrameStageOptions { Lane = LanePolicy.DropOldest(8) })
            .Build(_time);
        await pipeline.StartAsync(timeout);
        source.Send(2);
        await Eventually.HoldsAsync(() => Only(pipeline).Received == 2, "they have come", timeout);
        Assert.That(await entered.WaitAsync(TimeSpan.FromSeconds(20), timeout));
        _time.Advance(TimeSpan.FromMilliseconds(300));
        gate.Release();
        Assert.That(await entered.WaitAsync(TimeSpan.FromSeconds(20), timeout));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        gate.Release();
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        var stage = pipeline.GetStatistics().Stages.Single();
        Assert.That((stage.Stage, stage.Wait.Count, stage.Wait.Max, stage.Work.Max), Is.EqualTo(("work", 2L, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300))));
    }

    [Test]
    public void Refuses_options_that_are_out_of_range_all_at_once()
    {
        var thrown = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => Builder().Stage("work", (in _, _) => { }, new FrameStageOptions
        {
            Workers = -1, Timeout = TimeSpan.FromDays(1), Threads = { RealTimePriority = 100, Processors = [-1] },
        }));
        Assert.That(thrown!.Failures, Has.Some.Contains("Workers").And.Some.Contains("Timeout").And.Some.Contains("Threads.RealTimePriority").And.Some.Contains("Threads.Processors"));
    }

    private static FramePipelineBuilder Builder(Action<FramePipelineOptions>? configure = null)
    {
        var options = new FramePipelineOptions { DrainTimeout = TimeSpan.FromSeconds(20), StopTimeout = TimeSpan.FromSeconds(20), ReadTimeout = TimeSpan.FromMilliseconds(5), Reconnect = { WhenSilent = false } };
        configure?.Invoke(options);
        return new FramePipelineBuilder("test") { Options = options };
    }

    private static CameraStatistics Only(FramePipeline pipeline) => Camera(pipeline, 0);

    private static CameraStatistics Camera(FramePipeline pipeline, int camera) => pipeline.GetStatistics().Cameras[camera];

    private static T Add<T>(ConcurrentQueue<T> all, T item)
    {
        all.Enqueue(item);
        return item;
    }

    private sealed class HangsOn(long sequence, ManualResetEventSlim release) : IFrameStage, IDisposable
    {
        private volatile bool _isHanging;
        private volatile bool _wasCancelled;
        private volatile bool _isDisposed;

        public bool IsHanging => _isHanging;

        public bool WasCancelled => _wasCancelled;

        public bool IsDisposed => _isDisposed;

        public void Process(in Frame frame, CancellationToken stop)
        {
            if (frame.Info.Sequence == sequence)
            {
                using var told = stop.Register(() => _wasCancelled = true);
                _isHanging = true;
                release.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            }
        }

        public void Dispose() => _isDisposed = true;
    }
}
