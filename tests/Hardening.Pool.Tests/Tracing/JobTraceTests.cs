using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Hardening.Pool.Tests.Tracing;

/// <summary>Spans of jobs in the application, with a listener of the test's own; and what workers are told where there is none.</summary>
[CancelAfter(90_000), NonParallelizable]
public sealed class JobTraceTests
{
    private const string ApplicationName = "Hardening.Pool.Tests";

    private static readonly ActivitySource Application = new(ApplicationName);

    [Test]
    public async Task A_job_is_a_span_of_whoever_gives_it_and_tells_how_it_ended(CancellationToken timeout)
    {
        using var recorder = new SpanRecorder(ActivitySamplingResult.AllDataAndRecorded);
        await using var pool = await TestPool.StartAsync(timeout);
        using (var order = Application.StartActivity("order")!)
        {
            Assert.That(await pool.RunAsync("echo one", default, timeout), Is.EqualTo("one"));
            Assert.That(Activity.Current, Is.SameAs(order), "the caller's span is the present one still");
            await Assert.ThrowsAsync<JobFailedException>(() => pool.RunAsync("throw no picture", default, timeout));
            await Assert.ThrowsAsync<WorkerExitedException>(() => pool.RunAsync("exit 3", default, timeout));
            await Assert.ThrowsAsync<JobTimedOutException>(() => pool.RunAsync("sleep 60", new JobOptions { Timeout = TimeSpan.FromMilliseconds(100) }, timeout));
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout);
            var cancelled = pool.RunAsync("wait", default, cancel.Token);
            await pool.RunningAsync(1, timeout);
            await cancel.CancelAsync();
            await Assert.CatchAsync<OperationCanceledException>(() => cancelled);
            var jobs = recorder.Jobs;
            Assert.That(jobs.Select(job => job.ParentSpanId), Is.All.EqualTo(order.SpanId));
            Assert.That(jobs.Select(job => job.TraceId), Is.All.EqualTo(order.TraceId));
            Assert.That(jobs.Select(job => job.DisplayName), Is.All.EqualTo("job test"));
        }

        Assert.That(recorder.Jobs.Select(job => (job.GetTagItem("hardening.job.outcome"), job.Status, job.GetTagItem("error.type"))), Is.EqualTo(new (object?, ActivityStatusCode, object?)[]
        {
            ("succeeded", ActivityStatusCode.Unset, null),
            ("failed", ActivityStatusCode.Error, "System.InvalidOperationException"),
            ("failed", ActivityStatusCode.Error, "Hardening.Pool.WorkerExitedException"),
            ("timed_out", ActivityStatusCode.Error, "Hardening.Pool.JobTimedOutException"),
            ("cancelled", ActivityStatusCode.Unset, null),
        }));
        Assert.That(recorder.Jobs.Select(job => job.GetTagItem("hardening.worker.pid")), Is.All.InstanceOf<int>());
        Assert.That(recorder.Jobs.Select(job => job.GetTagItem("hardening.job.wait")), Is.All.InstanceOf<double>());
    }

    [Test]
    public async Task A_job_that_is_tried_again_is_one_span_and_its_second_worker_is_told_the_same(CancellationToken timeout)
    {
        using var marks = new Marks();
        using var recorder = new SpanRecorder(ActivitySamplingResult.AllDataAndRecorded);
        await using var pool = await TestPool.StartAsync(timeout);
        Assert.That(await pool.RunAsync($"once {marks.Next()}", new JobOptions { MaxAttempts = 2 }, timeout), Is.EqualTo("done"));
        Assert.That(recorder.Jobs.Single().GetTagItem("hardening.job.retries"), Is.EqualTo(1));
        var traced = await pool.RunAsync("trace", default, timeout);
        Assert.That(traced, Is.EqualTo($"{recorder.Jobs[^1].Id} -"));
    }

    [Test]
    public async Task Jobs_of_a_map_have_spans_and_their_workers_their_own_contexts(CancellationToken timeout)
    {
        using var recorder = new SpanRecorder(ActivitySamplingResult.AllDataAndRecorded);
        await using var pool = await TestPool.StartAsync(timeout);
        var answers = new List<string>();
        await foreach (var outcome in pool.Pool.MapAsync(Enumerable.Range(0, 500).Select(_ => (ReadOnlyMemory<byte>)"trace"u8.ToArray()), cancellationToken: timeout))
        {
            answers.Add(Encoding.UTF8.GetString(outcome.Result));
        }

        Assert.That(answers, Is.EquivalentTo(recorder.Jobs.Select(job => $"{job.Id} -")), "none has that of another, sent ahead or taken back");
    }

    [Test]
    public async Task Without_a_listener_the_context_of_the_caller_goes_through_with_its_state(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        Assert.That(await pool.RunAsync("trace", default, timeout), Is.EqualTo("- -"), "a job that belongs to no trace");
        using var caller = new Activity("request").SetParentId("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        caller.TraceStateString = "shop=2f1a,other=1";
        caller.Start();
        Assert.That(await pool.RunAsync("trace", default, timeout), Is.EqualTo($"{caller.Id} shop=2f1a,other=1"));
        caller.TraceStateString = string.Join(',', Enumerable.Range(0, 60).Select(i => $"member{i}=0123456789"));
        Assert.That(await pool.RunAsync("trace", default, timeout), Does.StartWith($"{caller.Id} member0=").And.Length.LessThanOrEqualTo(55 + 1 + 512), "whole members alone, from the beginning");
        caller.Stop();
        Assert.That(await pool.RunAsync("trace", default, timeout), Is.EqualTo("- -"), "the worker forgets it with the job");
    }

    [Test]
    public async Task A_trace_that_is_not_recorded_is_told_as_such_and_has_no_spans(CancellationToken timeout)
    {
        using var recorder = new SpanRecorder(ActivitySamplingResult.PropagationData);
        await using var pool = await TestPool.StartAsync(timeout);
        Assert.That(await pool.RunAsync("trace", default, timeout), Does.Match("^00-[0-9a-f]{32}-[0-9a-f]{16}-00 -$"));
    }

    private sealed class SpanRecorder : IDisposable
    {
        private readonly ActivityListener _listener;
        private readonly ConcurrentQueue<Activity> _spans = new();

        public SpanRecorder(ActivitySamplingResult result)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name is "Hardening.Runtime" or ApplicationName,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => result,
                ActivityStopped = _spans.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Activity> Jobs => [.. _spans.Where(span => span.Source.Name == "Hardening.Runtime")];

        public void Dispose() => _listener.Dispose();
    }
}
