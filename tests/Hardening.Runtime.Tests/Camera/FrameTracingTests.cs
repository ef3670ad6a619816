using System.Collections.Concurrent;
using System.Diagnostics;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

/// <summary>The spans of frames: who has one, how it ends, and what is present where.</summary>
[NonParallelizable] // a listener hears all pipelines of the process
public sealed class FrameTracingTests
{
    [Test, CancelAfter(60_000)]
    public async Task A_dropped_frame_tells_where_and_why_and_is_an_error_unless_it_was_asked_for(CancellationToken timeout)
    {
        using var recorder = new Recorder(_ => ActivitySamplingResult.AllDataAndRecorded);
        using var gate = new Gate();
        using var source = new ScriptedFrameSource();
        await using var pipeline = Builder().From(source).Stage("work", gate.Obey, workers: 1, LanePolicy.LatestWins).To("none", (in _, _) => { }).Build();
        await pipeline.StartAsync(timeout);
        source.Send();
        await gate.EnteredAsync(1, timeout);
        source.Send(2); // the second of them takes the place of the first
        await recorder.FramesAsync(1, timeout);
        source.Send(status: FrameStatus.Incomplete);
        await recorder.FramesAsync(2, timeout);
        gate.Open();
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(recorder.Frames.OrderBy(Number).Select(frame => (Number(frame), frame.GetTagItem("hardening.frame.outcome"), frame.GetTagItem("hardening.drop.edge"), frame.GetTagItem("hardening.drop.reason"), frame.Status)), Is.EqualTo(new (long, object?, object?, object?, ActivityStatusCode)[]
        {
            (0, "processed", null, null, ActivityStatusCode.Unset),
            (1, "dropped", "work", "replaced_by_newer", ActivityStatusCode.Unset),
            (2, "processed", null, null, ActivityStatusCode.Unset),
            (3, "dropped", "capture", "incomplete", ActivityStatusCode.Error),
        }));
        Assert.That(recorder.Of("stage work"), Has.Count.EqualTo(2), "for the frames that it has worked on");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_frame_whose_work_hangs_ends_when_it_is_given_up_and_its_stage_when_the_work_returns(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        using var recorder = new Recorder(_ => ActivitySamplingResult.AllDataAndRecorded);
        using var gate = new Gate((_, number) => number == 0);
        using var source = new ScriptedFrameSource();
        await using var pipeline = Builder().From(source).Stage("work", gate.Ignore, new FrameStageOptions { Timeout = TimeSpan.FromSeconds(1) }).To("none", (in _, _) => { }).Build(time);
        await pipeline.StartAsync(timeout);
        source.Send();
        await gate.EnteredAsync(1, timeout);
        time.Advance(TimeSpan.FromSeconds(1.5));
        await recorder.FramesAsync(1, timeout);
        var given = recorder.Frames.Single();
        Assert.That((given.GetTagItem("hardening.drop.reason"), given.GetTagItem("error.type"), recorder.Of("stage work").Count), Is.EqualTo(("stage_timed_out", "stage_timed_out", 0)));
        source.Send();
        await recorder.FramesAsync(2, timeout);
        gate.Open();
        await Eventually.HoldsAsync(() => recorder.Of("stage work").Count == 2, "the work has returned", timeout);
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(recorder.Of("stage work").Select(stage => stage.ParentSpanId), Is.EquivalentTo(recorder.Frames.Select(frame => frame.SpanId)), "each in its own frame");
    }

    [Test, CancelAfter(60_000)]
    public async Task The_span_of_a_stage_is_present_in_it_and_that_of_the_start_nowhere(CancellationToken timeout)
    {
        using var recorder = new Recorder(_ => ActivitySamplingResult.AllDataAndRecorded);
        var present = new ConcurrentQueue<string?>();
        using var source = new ScriptedFrameSource();
        await using var pipeline = Builder().From(source)
            .Stage("first", (in _, _) => present.Enqueue(Activity.Current?.DisplayName))
            .Stage("second", (in _, _) => present.Enqueue(Activity.Current?.DisplayName), new FrameStageOptions { Workers = 0 })
            .To("sink", (in _, _) => present.Enqueue(Activity.Current?.DisplayName))
            .Build();
        using (new Activity("the start").Start())
        {
            await pipeline.StartAsync(timeout);
        }

        source.Send();
        await recorder.FramesAsync(1, timeout);
        recorder.Dispose();
        source.Send();
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(present, Is.EqualTo(new[] { "stage first", "stage second", "sink sink", null, null, null }));
        Assert.That(recorder.Frames.Single().ParentSpanId, Is.EqualTo(default(ActivitySpanId)), "a trace of its own");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_frame_that_is_not_sampled_has_no_spans_and_says_so_to_what_its_stages_call(CancellationToken timeout)
    {
        var asked = new ConcurrentQueue<string>();
        using var recorder = new Recorder(options =>
        {
            asked.Enqueue($"{options.Name} of {options.Tags?.FirstOrDefault(tag => tag.Key == "hardening.camera.name").Value}");
            return options.Name == "frame" && options.Parent == default ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.AllDataAndRecorded;
        });
        var present = new ConcurrentQueue<(string?, bool)>();
        using var source = new ScriptedFrameSource();
        await using var pipeline = Builder().From(source).Stage("work", (in _, _) => present.Enqueue((Activity.Current?.DisplayName, Activity.Current!.Recorded))).To("sink", (in _, _) => { }).Build();
        await pipeline.StartAsync(timeout);
        source.Send(2);
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(present, Is.EqualTo(new (string?, bool)[] { ("frame", false), ("frame", false) }));
        Assert.That(asked, Is.EqualTo(new[] { $"frame of {source.Name}", $"frame of {source.Name}" }), "once for each frame, and by camera");
    }

    private static FramePipelineBuilder Builder() => new("traced") { Options = WatchedLine.Patient() };

    private static long Number(Activity frame) => (long)frame.GetTagItem("hardening.frame.sequence")!;

    private sealed class Recorder : IDisposable
    {
        private readonly ActivityListener _listener;
        private readonly ConcurrentQueue<Activity> _spans = new();

        public Recorder(Func<ActivityCreationOptions<ActivityContext>, ActivitySamplingResult> sample)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Hardening.Runtime",
                Sample = (ref ActivityCreationOptions<ActivityContext> options) => sample(options),
                ActivityStopped = _spans.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Activity> Frames => Of("frame");

        public IReadOnlyList<Activity> Of(string name) => [.. _spans.Where(span => span.DisplayName == name)];

        public Task FramesAsync(int count, CancellationToken timeout) => Eventually.HoldsAsync(() => Frames.Count == count, $"{count} frames have ended", timeout);

        public void Dispose() => _listener.Dispose();
    }
}
