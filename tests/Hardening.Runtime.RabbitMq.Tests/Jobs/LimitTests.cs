using System.Text;
using Hardening.Pool;
using Hardening.Pool.Wire;

namespace Hardening.Runtime.RabbitMq.Tests.Jobs;

/// <summary>Full queues, deadlines, and the stop of a host.</summary>
public sealed class LimitTests
{
    [Test, CancelAfter(240_000)]
    public async Task A_full_queue_refuses_jobs_or_has_them_wait(CancellationToken timeout)
    {
        await using var line = await TestLine.CallAsync("full", timeout, options => (options.QueueCapacity, options.WhenFull) = (5, PoolFullMode.Reject));
        List<Task<string>> jobs = [];
        while (line.Caller.Statistics.Rejected == 0)
        {
            jobs.Add(line.RunAsync($"echo {jobs.Count}", default, timeout));
            await Eventually.HoldsAsync(() => line.Caller.Statistics.Buffered == 0, "the broker has said its word", timeout);
        }

        Assert.That(async () => await jobs[^1], Throws.TypeOf<PoolFullException>().With.Property("Capacity").EqualTo(5));
        Assert.That(jobs, Has.Count.InRange(6, 100), "some in flight aside, the bound holds");
        await using (var patient = await TestLine.CallAsync("full", timeout, options => options.QueueCapacity = 5))
        {
            var waiting = patient.RunAsync("echo patient", default, timeout);
            await Eventually.HoldsAsync(() => patient.Log.Records.Any(record => record.EventId == 5015), "it finds the queue full", timeout);
            Assert.That(patient.Caller.Statistics.Buffered, Is.EqualTo(1));
            await line.ServeAsync(timeout);
            Assert.That(await waiting, Is.EqualTo("patient"));
        }

        Assert.That(await Task.WhenAll(jobs[..^1]), Is.EqualTo(Enumerable.Range(0, jobs.Count - 1).Select(i => $"{i}")));
    }

    [Test, CancelAfter(300_000)]
    public async Task A_queue_with_as_many_bytes_as_it_may_have_refuses_jobs_and_answers_come_all_the_same(CancellationToken timeout)
    {
        const int FrameBytes = 1 << 20;
        static void Bound(RabbitPoolOptions options) => (options.QueueCapacityBytes, options.MaxFrameBytes, options.FrameSlots) = (8 * FrameBytes, FrameBytes, 4);
        using var frames = new FramePool(1, FrameBytes);
        Assert.That(frames.TryRent("test", out var buffer));
        buffer.Bytes.Fill(3);
        using var frame = buffer.Publish(new FrameInfo { Camera = "test", Sequence = 1, HostTimestamp = 0, Width = 1024, Height = 1024, Stride = 1024, Length = FrameBytes, PixelFormat = PixelFormat.Mono8 });
        await using var line = await TestLine.CallAsync("heavy", timeout, options =>
        {
            Bound(options);
            options.WhenFull = PoolFullMode.Reject;
        });
        List<Task<byte[]>> jobs = [];
        while (line.Caller.Statistics.Rejected == 0)
        {
            jobs.Add(line.Caller.RunAsync("sum"u8.ToArray(), frame, default, timeout).AsTask());
            await Eventually.HoldsAsync(() => line.Caller.Statistics.Buffered == 0, "the broker has said its word", timeout);
        }

        Assert.That(async () => await jobs[^1], Throws.TypeOf<PoolFullException>().With.Property("CapacityBytes").EqualTo(8L * FrameBytes).And.Message.Contains("QueueCapacityBytes"));
        Assert.That(jobs, Has.Count.InRange(9, 100), "some in flight aside, the bound holds: the queue may have 1,000 jobs");
        await using var patient = await TestLine.CallAsync("heavy", timeout, Bound);
        var waiting = Enumerable.Range(0, 30).Select(_ => patient.Caller.RunAsync("sum"u8.ToArray(), frame, default, timeout).AsTask()).ToList();
        await Eventually.HoldsAsync(() => patient.Log.Records.Any(record => record.EventId == 5015), "it finds the queue full", timeout);
        await line.ServeAsync(timeout);
        var burst = Enumerable.Range(0, 60).Select(_ => line.Caller.RunAsync("sum"u8.ToArray(), frame, default, timeout).AsTask()).ToList();
        var answers = await Task.WhenAll([.. jobs[..^1], .. waiting]).WaitAsync(timeout);
        Assert.That(answers.Select(Encoding.UTF8.GetString), Is.All.EqualTo($"{3L * FrameBytes}"));
        foreach (var job in burst)
        {
            await ((Task)job).WaitAsync(timeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.That(job.IsCompletedSuccessfully || job.Exception!.InnerException is PoolFullException, $"{job.Exception}");
        }

        var ends = line.Caller.Statistics;
        Assert.That((ends.Succeeded + ends.Rejected, patient.Caller.Statistics.Succeeded), Is.EqualTo((jobs.Count + burst.Count, 30L)), $"each has ended: {ends}");
        Assert.That(line.HostStatistics, Has.Property("DeadLettered").Zero.And.Property("Requeued").Zero);
    }

    [Test, CancelAfter(240_000)]
    public async Task A_job_whose_time_has_passed_is_not_begun(CancellationToken timeout)
    {
        await using var line = await TestLine.CallAsync("late", timeout, options => options.ClockTolerance = TimeSpan.Zero);
        Assert.That(async () => await line.RunAsync("echo late", new JobOptions { Timeout = TimeSpan.FromMilliseconds(200) }, timeout), Throws.TypeOf<JobExpiredException>());
        var stale = new JobMessage { Id = Guid.NewGuid(), Deadline = TimeProvider.System.GetUtcNow().AddSeconds(-1), Remaining = TimeSpan.FromHours(1) };
        await TestLine.SendAsync(line.Caller.Queues.Jobs, stale.ToProperties(), "echo stale"u8.ToArray(), timeout);
        await line.ServeAsync(timeout);
        Assert.That(await line.RunAsync("echo in time", default, timeout), Is.EqualTo("in time"));
        await Eventually.HoldsAsync(() => line.HostStatistics.Expired == 1, $"the stale one is refused: {line.HostStatistics}", timeout);
        Assert.That((line.Pool!.Statistics.Submitted, line.Caller.Statistics.TimedOut), Is.EqualTo((1L, 1L)));
        Assert.That(await TestLine.CountAsync(line.Caller.Queues.Dead, timeout), Is.Zero, "what is late is no dead letter");
    }

    [Test, CancelAfter(240_000)]
    public async Task A_job_is_ended_at_its_deadline(CancellationToken timeout)
    {
        await using var line = await TestLine.StartAsync("ends", timeout);
        Assert.That(async () => await line.RunAsync("wait", new JobOptions { Timeout = TimeSpan.FromSeconds(5) }, timeout), Throws.TypeOf<JobExpiredException>());
        await Eventually.HoldsAsync(() => line.HostStatistics is { Expired: 1, Running: 0 }, $"the host lets go of it: {line.HostStatistics}", timeout);
    }

    [Test, CancelAfter(240_000)]
    public async Task A_host_that_stops_finishes_what_it_has_and_another_does_the_rest(CancellationToken timeout)
    {
        await using var line = await TestLine.StartAsync("stops", timeout);
        var jobs = Enumerable.Range(0, 6).Select(_ => line.RunAsync("sleep 0.3", default, timeout)).ToList();
        await Eventually.HoldsAsync(() => line.Pool!.Statistics.Running == 2, "two are done", timeout);
        await line.Host!.StopAsync(timeout);
        Assert.That((line.HostStatistics.Running, line.HostStatistics.IsServing, line.HostStatistics.Requeued), Is.EqualTo((0L, false, 0L)), $"{line.HostStatistics}");
        await using var other = await TestLine.StartAsync("stops", timeout);
        Assert.That(await Task.WhenAll(jobs), Is.All.EqualTo("slept"));
        Assert.That(line.Caller.Statistics.Duplicates, Is.Zero);
    }

    [Test, CancelAfter(240_000)]
    public async Task A_host_that_is_ended_gives_its_jobs_back(CancellationToken timeout)
    {
        await using var line = await TestLine.StartAsync("cut", timeout);
        var marks = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"cut-{Guid.NewGuid():N}");
        try
        {
            var job = line.RunAsync($"hang {marks}", new JobOptions { MaxAttempts = 1 }, timeout);
            await Eventually.HoldsAsync(() => File.Exists(marks), "the job runs", timeout);
            await line.Host!.DisposeAsync();
            Assert.That(line.HostStatistics.Returned, Is.EqualTo(1), $"{line.HostStatistics}");
            await using var other = await TestLine.StartAsync("cut", timeout);
            Assert.That(async () => await job, Throws.TypeOf<PoisonJobException>().With.InnerException.Property("Reason").EqualTo("delivery_limit"), "it was begun once, and may not be begun again");
        }
        finally
        {
            File.Delete(marks);
        }
    }
}
