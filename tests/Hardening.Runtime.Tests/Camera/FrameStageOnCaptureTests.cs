using System.Collections.Concurrent;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

/// <summary>Stages without threads: whoever brings a frame works on it.</summary>
public sealed class FrameStageOnCaptureTests
{
    private static readonly FrameStageOptions Here = new() { Workers = 0 };

    [Test, CancelAfter(60_000)]
    public async Task Works_on_the_thread_that_brings_the_frame_with_an_instance_for_each_camera(CancellationToken timeout)
    {
        var stages = new ConcurrentQueue<ThreadNames>();
        var sinks = new ConcurrentQueue<string>();
        ScriptedFrameSource left = new("left"), right = new("right");
        await using var pipeline = Builder().From(left).From(right)
            .Stage("here", () => Add(stages, new ThreadNames()), Here)
            .Stage("there", (in _, _) => { }, workers: 1)
            .Stage("here too", (in _, _) => sinks.Enqueue(Thread.CurrentThread.Name!), Here)
            .Build();
        await pipeline.StartAsync(timeout);
        left.Send(3);
        right.Send(2);
        left.End();
        right.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(stages.Select(stage => (stage.Names.Distinct().Single(), stage.Names.Count)), Is.EqualTo(new[] { ("left", 3), ("right", 2) }));
        Assert.That(sinks, Has.Count.EqualTo(5).And.All.EqualTo("there#0"));
        Assert.That(stages.Select(stage => stage.Disposals), Is.All.EqualTo(1));
        Assert.That(pipeline.GetStatistics().Cameras.Select(c => (c.Received, c.Processed, c.InFlight)), Is.EqualTo(new[] { (3L, 3L, 0L), (2L, 2L, 0L) }));
        Assert.That(pipeline.GetStatistics().Stages[0].Work.Count, Is.EqualTo(5));
        Assert.That(pipeline.GetStatistics().HeldBuffers, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_throws_or_is_too_old_costs_its_frame(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        var source = new ScriptedFrameSource();
        await using var pipeline = Builder(options => options.MaxAge = TimeSpan.FromMilliseconds(10)).From(source)
            .Stage(
                "here",
                (in frame, _) =>
                {
                    if (frame.Info.Sequence == 1)
                    {
                        throw new InvalidOperationException("No such defect.");
                    }

                    time.Advance(TimeSpan.FromMilliseconds(11));
                },
                Here)
            .Stage("late", (in _, _) => { }, Here)
            .Build(time);
        await pipeline.StartAsync(timeout);
        source.Send(2);
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(
            pipeline.GetStatistics().Cameras.Single().Drops,
            Is.EquivalentTo(new[] { new FrameDrops("late", FrameDropReason.PastDeadline, 1), new FrameDrops("here", FrameDropReason.StageFailed, 1) }));
    }

    [TestCase(true), TestCase(false), CancelAfter(60_000)]
    public async Task Stops_in_the_middle_of_the_work(bool heeds, CancellationToken timeout)
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var source = new ScriptedFrameSource();
        var pipeline = Builder(options => (options.DrainTimeout, options.StopTimeout) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(heeds ? 20_000 : 1_000))).From(source)
            .Stage(
                "here",
                (in _, stop) =>
                {
                    entered.Set();
                    release.Wait(TimeSpan.FromSeconds(30), heeds ? stop : CancellationToken.None);
                },
                Here)
            .Build();
        await pipeline.StartAsync(timeout);
        source.Send(2);
        await Task.Run(() => entered.Wait(timeout), timeout);
        await pipeline.StopAsync(timeout);
        var end = pipeline.GetStatistics();
        release.Set();
        await pipeline.Completion.WaitAsync(timeout);
        if (!heeds)
        {
            Assert.That((end.AbandonedThreads, end.Cameras[0].InFlight), Is.EqualTo((1, 1L)));
        }

        var camera = pipeline.GetStatistics().Cameras.Single();
        Assert.That((camera.Received, camera.InFlight, camera.Processed + camera.Dropped), Is.EqualTo((1L, 0L, 1L)));
        Assert.That(pipeline.GetStatistics().HeldBuffers, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_start_that_fails_disposes_its_instances_once(CancellationToken timeout)
    {
        var stages = new ConcurrentQueue<ThreadNames>();
        await using var pipeline = Builder().From(new ScriptedFrameSource { OpenFailure = new FrameSourceException("scripted", "Nobody there.") })
            .Stage("here", () => Add(stages, new ThreadNames()), Here).Build();
        Assert.That(async () => await pipeline.StartAsync(timeout), Throws.TypeOf<FrameSourceException>());
        Assert.That(stages.Select(stage => stage.Disposals), Is.EqualTo(new[] { 1 }));
        await pipeline.Completion.WaitAsync(timeout);
    }

    private static FramePipelineBuilder Builder(Action<FramePipelineOptions>? configure = null)
    {
        var options = new FramePipelineOptions { DrainTimeout = TimeSpan.FromSeconds(20), StopTimeout = TimeSpan.FromSeconds(20), ReadTimeout = TimeSpan.FromMilliseconds(5) };
        configure?.Invoke(options);
        return new FramePipelineBuilder("test") { Options = options };
    }

    private static T Add<T>(ConcurrentQueue<T> all, T item)
    {
        all.Enqueue(item);
        return item;
    }

    private sealed class ThreadNames : IFrameStage, IDisposable
    {
        private int _disposals;

        public ConcurrentQueue<string> Names { get; } = new();

        public int Disposals => Volatile.Read(ref _disposals);

        public void Process(in Frame frame, CancellationToken stop) => Names.Enqueue(Thread.CurrentThread.Name!);

        public void Dispose() => Interlocked.Increment(ref _disposals);
    }
}
