using System.Diagnostics;
using System.Text;
using Hardening.Pool;
using Hardening.Pool.Caller;
using Hardening.Pool.Wire;
using RabbitMQ.Client;

namespace Hardening.Runtime.RabbitMq.Tests.Jobs;

/// <summary>Jobs on one line that stays: what comes back, and what happens to what cannot be done or read.</summary>
public sealed class RoundTripTests
{
    private TestLine _line = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        _line = await TestLine.StartAsync("trip", limit.Token, options => (options.FrameSlots, options.MaxFrameBytes) = (4, 4096));
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _line.DisposeAsync();

    [Test, CancelAfter(120_000)]
    public async Task A_job_is_done_by_a_host_and_answered(CancellationToken timeout)
    {
        var before = _line.Caller.Statistics;
        Assert.That(await _line.RunAsync("echo hello", default, timeout), Is.EqualTo("hello"));
        Assert.That(int.Parse(await _line.RunAsync("pid", default, timeout), null), Is.Not.EqualTo(Environment.ProcessId));
        var after = _line.Caller.Statistics;
        Assert.That((after.Submitted - before.Submitted, after.Succeeded - before.Succeeded), Is.EqualTo((2L, 2L)));
        Assert.That(_line.HostStatistics, Has.Property("Prefetch").EqualTo(2).And.Property("IsServing").True);
    }

    [Test, CancelAfter(120_000)]
    public async Task What_a_job_throws_is_told_with_its_trace(CancellationToken timeout)
    {
        var failure = (await Assert.ThrowsAsync<JobFailedException>(async () => await _line.RunAsync("throw no such part", default, timeout)))!;
        Assert.That((failure.PoolName, failure.ErrorType, failure.ErrorMessage), Is.EqualTo(("trip", "System.InvalidOperationException", "no such part")));
        Assert.That(failure.WorkerTrace, Does.Contain("ScriptedHandler"));
    }

    [Test, CancelAfter(120_000)]
    public async Task Maps_give_an_outcome_for_each_request(CancellationToken timeout)
    {
        var requests = Enumerable.Range(0, 100).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(i == 50 ? "throw fifty" : $"echo {i}")).ToList();
        var ordered = await _line.Caller.MapAsync(requests, default, timeout).Select(outcome => (outcome.Index, Text(outcome))).ToListAsync(timeout);
        Assert.That(ordered, Is.EqualTo(Enumerable.Range(0, 100).Select(i => ((long)i, i == 50 ? "JobFailedException" : $"{i}"))));
        var unordered = await _line.Caller.MapUnorderedAsync(requests, default, timeout).Select(outcome => (outcome.Index, Text(outcome))).ToListAsync(timeout);
        Assert.That(unordered, Is.EquivalentTo(ordered));

        static string Text(JobOutcome<byte[]> outcome) => outcome.IsSuccess ? Encoding.UTF8.GetString(outcome.Result) : outcome.Failure!.GetType().Name;
    }

    [Test, CancelAfter(120_000)]
    public async Task A_frame_goes_with_a_job_and_its_memory_comes_back(CancellationToken timeout)
    {
        using var frames = new FramePool(2, 4096);
        using var first = TestFrames.Publish(frames, sequence: 3);
        using var second = TestFrames.Publish(frames, sequence: 5);
        for (var i = 0; i < 6; i++) // more than the host has buffers
        {
            Assert.That(Encoding.UTF8.GetString(await _line.Caller.RunAsync("sum"u8.ToArray(), [first, second], default, timeout)), Is.EqualTo("192 320"));
        }

        Assert.That(first.Pixels[0], Is.EqualTo(3), "the caller's lease is the caller's");
    }

    [Test, CancelAfter(120_000)]
    public void A_frame_that_is_too_large_is_refused_at_once(CancellationToken timeout)
    {
        using var frames = new FramePool(1, 8192);
        Assert.That(frames.TryRent("test", out var buffer));
        using var frame = buffer.Publish(new FrameInfo { Camera = "test", Sequence = 1, HostTimestamp = 0, Width = 64, Height = 80, Stride = 64, Length = 5120, PixelFormat = PixelFormat.Mono8 });
        Assert.That(async () => await _line.Caller.RunAsync("sum"u8.ToArray(), frame, default, timeout), Throws.ArgumentException.With.Message.Contains("MaxFrameBytes"));
    }

    [Test, CancelAfter(240_000)]
    public async Task A_job_that_ends_workers_is_a_dead_letter_with_the_reason(CancellationToken timeout)
    {
        var failure = (await Assert.ThrowsAsync<PoisonJobException>(async () => await _line.RunAsync("exit 3", new JobOptions { Key = "part 4711" }, timeout)))!;
        Assert.That((failure.Key, failure.Deaths), Is.EqualTo(("part 4711", 3)));
        Assert.That(failure.InnerException, Is.TypeOf<JobDeadLetteredException>().With.Property("Reason").EqualTo("worker_ended").And.Message.Contains("exited with code 3"));
        var (headers, body) = await _line.DeadLetterAsync(timeout);
        Assert.That((WireHeaders.Text(headers, WireNames.DeadReason), WireHeaders.Int64(headers, WireNames.Attempts), Encoding.UTF8.GetString(body)), Is.EqualTo(("worker_ended", 3L, "exit 3")));
        Assert.That(WireHeaders.Text(headers, WireNames.DeadDetail), Does.Contain("exited with code 3"));
        Assert.That(await _line.RunAsync("echo still there", default, timeout), Is.EqualTo("still there"));
    }

    [Test, CancelAfter(240_000)]
    public async Task A_job_that_may_be_begun_once_is_begun_once(CancellationToken timeout)
    {
        var before = _line.Pool!.Statistics.Submitted;
        Assert.That(async () => await _line.RunAsync("exit 4", new JobOptions { MaxAttempts = 1 }, timeout), Throws.TypeOf<PoisonJobException>().With.Property("Deaths").EqualTo(1));
        Assert.That(_line.Pool.Statistics.Submitted - before, Is.EqualTo(1));
        await _line.DeadLetterAsync(timeout);
    }

    [Test, CancelAfter(240_000)]
    public async Task What_cannot_be_read_is_a_dead_letter_and_the_host_goes_on(CancellationToken timeout)
    {
        var before = _line.HostStatistics;
        var good = new JobMessage { Id = Guid.NewGuid(), Deadline = DateTimeOffset.MaxValue, Remaining = TimeSpan.FromHours(1), Frames = 1 };
        using var frames = new FramePool(1, 4096);
        using var frame = TestFrames.Publish(frames);
        var body = JobBody.Write("sum"u8, [frame], TimeProvider.System);
        body[^1] ^= 1; // a pixel
        foreach (var (properties, bytes, reason) in new (BasicProperties, byte[], string)[]
        {
            (new BasicProperties(), [1, 2, 3], "malformed"),
            (new BasicProperties { Type = WireNames.JobType, Headers = new Dictionary<string, object?> { [WireNames.VersionHeader] = "one", [WireNames.Deadline] = true } }, [], "malformed"),
            (good.ToProperties(), [1, 2, 3], "malformed"),
            ((good with { Id = Guid.NewGuid() }).ToProperties(), body, "checksum"),
        })
        {
            await TestLine.SendAsync(_line.Caller.Queues.Jobs, properties, bytes, timeout);
            var (headers, _) = await _line.DeadLetterAsync(timeout);
            Assert.That(WireHeaders.Text(headers, WireNames.DeadReason), Is.EqualTo(reason), WireHeaders.Text(headers, WireNames.DeadDetail));
        }

        Assert.That(await _line.RunAsync("echo still there", default, timeout), Is.EqualTo("still there"));
        Assert.That((_line.HostStatistics.Malformed - before.Malformed, _line.HostStatistics.IsServing), Is.EqualTo((4L, true)));
    }

    [Test, CancelAfter(120_000)]
    public async Task A_second_answer_is_counted_and_dropped(CancellationToken timeout)
    {
        using var stop = new CancellationTokenSource();
        var before = _line.Caller.Statistics;
        var cancelled = _line.RunAsync("sleep 1", default, stop.Token);
        await Eventually.HoldsAsync(() => _line.Pool!.Statistics.Running == 1, "it runs", timeout);
        await stop.CancelAsync();
        Assert.That(async () => await cancelled, Throws.InstanceOf<OperationCanceledException>());
        var job = new JobMessage { Id = Guid.NewGuid(), Deadline = TimeProvider.System.GetUtcNow().AddHours(1), Remaining = TimeSpan.FromHours(1), ReplyTo = _line.Caller.ReplyTo };
        var waiting = new RemoteJob(job.Id, "seen twice", TimeSpan.FromHours(1));
        Assert.That(_line.Caller.Ledger.TrySubmit(waiting));
        await TestLine.SendAsync(_line.Caller.Queues.Jobs, job.ToProperties(), "echo once"u8.ToArray(), timeout);
        Assert.That(await waiting.Completion.WaitAsync(timeout), Is.EqualTo("once"u8.ToArray()));
        var second = new AnswerMessage(job.Id, Guid.NewGuid(), "seen twice", AnswerOutcome.Succeeded, default).ToProperties();
        await TestLine.SendAsync(_line.Caller.ReplyTo, second, "other"u8.ToArray(), timeout);
        await TestLine.SendAsync(_line.Caller.ReplyTo, new AnswerMessage(Guid.NewGuid(), Guid.NewGuid(), "nobody's", AnswerOutcome.Succeeded, default).ToProperties(), default, timeout);
        await TestLine.SendAsync(_line.Caller.ReplyTo, new BasicProperties(), "nonsense"u8.ToArray(), timeout);
        await Eventually.HoldsAsync(() => _line.Caller.Statistics.Malformed > before.Malformed && _line.Caller.Statistics.Late > before.Late, $"answers are counted: {_line.Caller.Statistics}", timeout);
        var after = _line.Caller.Statistics;
        Assert.That((after.Duplicates - before.Duplicates, after.Unclaimed - before.Unclaimed, after.Malformed - before.Malformed, after.Late - before.Late), Is.EqualTo((1L, 1L, 1L, 1L)));
    }

    [Test, CancelAfter(120_000)]
    public async Task A_message_that_comes_twice_is_done_once(CancellationToken timeout)
    {
        var before = (_line.Pool!.Statistics.Submitted, _line.HostStatistics.Repeated, _line.HostStatistics.Received);
        var job = new JobMessage { Id = Guid.NewGuid(), Deadline = TimeProvider.System.GetUtcNow().AddHours(1), Remaining = TimeSpan.FromHours(1) };
        for (var i = 0; i < 2; i++)
        {
            await TestLine.SendAsync(_line.Caller.Queues.Jobs, job.ToProperties(), "echo twice"u8.ToArray(), timeout);
        }

        await Eventually.HoldsAsync(() => _line.HostStatistics.Received - before.Received == 2 && _line.HostStatistics.Running == 0, $"both are answered for: {_line.HostStatistics}", timeout);
        Assert.That((_line.Pool.Statistics.Submitted - before.Submitted, _line.HostStatistics.Repeated - before.Repeated), Is.EqualTo((1L, 1L)));
    }

    [Test, CancelAfter(120_000)]
    public async Task The_spans_of_caller_and_host_are_of_one_trace(CancellationToken timeout)
    {
        var ended = new System.Collections.Concurrent.ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Hardening.Runtime",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await _line.RunAsync("echo traced", new JobOptions { Key = "traced" }, timeout);
        await Eventually.HoldsAsync(() => ended.Count(OfThis) >= 2, "both spans end", timeout);
        var send = ended.Single(activity => OfThis(activity) && activity.Kind == ActivityKind.Producer);
        var process = ended.Single(activity => OfThis(activity) && activity.Kind == ActivityKind.Consumer);
        Assert.That((process.TraceId, process.ParentSpanId), Is.EqualTo((send.TraceId, send.SpanId)));
        Assert.That(send.DisplayName, Is.EqualTo("send hardening.pool.trip"));

        static bool OfThis(Activity activity) => activity.GetTagItem("messaging.message.id") is "traced";
    }
}
