using System.Collections.Concurrent;
using System.Text;
using Hardening.Camera;
using Microsoft.Extensions.Logging;

namespace Hardening.Pool.Tests.Camera;

/// <summary>What befalls worker processes costs the frames that they had, each with its reason, and nothing else.</summary>
[CancelAfter(90_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PoolStageFaultTests : IDisposable
{
    private readonly Marks _marks = new();
    private readonly ConcurrentDictionary<(string Camera, long Sequence), string> _fates = new();

    public void Dispose() => _marks.Dispose();

    [TestCase("throw told to", "told to")]
    [TestCase("exit 3", "exited with code 3")]
    [TestCase("abort told to", "signal 6")]
    [TestCase("crash", "ended")] // as a signal, or as an exception that nobody can catch
    [TestCase("thread told to", "signal 6")]
    [TestCase("sleep 1000", "JobTimeout")]
    [TestCase("leak 600", "MaxWorkerBytes")]
    public async Task What_a_job_does_to_its_worker_costs_its_own_frame(string fate, string told, CancellationToken timeout)
    {
        var limit = TimeSpan.FromSeconds(told == "JobTimeout" ? 5 : 60); // a busy machine needs its time for the other ends
        await using var pool = await TestPool.StartAsync(timeout, options => (options.SpareWorkers, options.JobTimeout, options.MaxWorkerBytes) = (1, limit, 400L << 20));
        await using var line = new WatchedLine();
        var (struck, other) = await StartAsync(line, pool, timeout);
        _fates[(struck.Name, 1)] = fate;
        await line.FlowAsync(struck, 1, timeout);
        struck.Send();
        await line.FlowAsync(other, 20, timeout);
        await line.UntilAsync(() => line.Of(struck).Dropped == 1, "the frame is dropped", timeout);
        await line.FlowAsync(struck, 20, timeout);
        Assert.That(line.DropsOf(struck), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.WorkerFailed, 1) }));
        Assert.That(line.Of(other), Has.Property("Processed").EqualTo(20).And.Property("Dropped").Zero);
        Assert.That(line.Log.Records.Where(record => record.Level == LogLevel.Error).Select(record => $"{record.Message} {record.Exception}"), Has.Some.Contains(told), "the log says why");
        await line.EndAsync(timeout);
    }

    [TestCase("KILL")]
    [TestCase("STOP")] // then its job's limit ends it
    public async Task A_worker_that_somebody_ends_costs_the_frame_that_it_had(string signal, CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.JobTimeout = TimeSpan.FromSeconds(signal == "STOP" ? 5 : 60));
        await using var line = new WatchedLine();
        var (struck, other) = await StartAsync(line, pool, timeout);
        var mark = _marks.Next();
        _fates[(struck.Name, 0)] = $"hang {mark}";
        struck.Send();
        var worker = await Marks.MadeAsync(mark, timeout);
        await line.FlowAsync(other, 10, timeout); // by the other worker
        Assert.That(line.Of(struck).InFlight, Is.EqualTo(1));
        Signals.Send(signal, worker);
        await line.UntilAsync(() => line.Of(struck).Dropped == 1, "the frame is dropped", timeout);
        await line.FlowAsync(struck, 10, timeout);
        Assert.That(line.DropsOf(struck), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.WorkerFailed, 1) }));
        Assert.That(line.Of(other), Has.Property("Processed").EqualTo(10).And.Property("Dropped").Zero);
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_job_that_may_be_tried_again_costs_nothing(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        await using var line = new WatchedLine();
        var (struck, _) = await StartAsync(line, pool, timeout, new JobOptions { MaxAttempts = 2 });
        _fates[(struck.Name, 0)] = $"once {_marks.Next()}"; // ends its worker, the first time
        await line.FlowAsync(struck, 3, timeout);
        Assert.That(line.Of(struck), Has.Property("Processed").EqualTo(3).And.Property("Dropped").Zero);
        Assert.That(pool.Statistics.Retries, Is.EqualTo(1));
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task Frames_of_a_job_in_quarantine_are_dropped_without_a_worker(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.PoisonAfter = 1);
        await using var line = new WatchedLine();
        var (struck, _) = await StartAsync(line, pool, timeout, new JobOptions { Key = "all the same" });
        _fates[(struck.Name, 0)] = "exit 3";
        struck.Send(3);
        await line.UntilAsync(() => line.Of(struck).Dropped == 3, "the frames are dropped", timeout);
        Assert.That(line.DropsOf(struck), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.WorkerFailed, 3) }));
        Assert.That(pool.Statistics, Has.Property("Rejected").EqualTo(2).And.Property("Failed").EqualTo(1));
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_frame_that_finds_all_workers_busy_and_no_room_is_dropped_as_that(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.QueueCapacity, options.WhenFull) = (1, 1, PoolFullMode.Reject));
        await using var line = new WatchedLine();
        var turnedAway = line.AddCamera("c");
        var (running, waiting) = await StartAsync(line, pool, timeout, configure: stage => stage.Workers = 3);
        var mark = _marks.Next();
        _fates[(running.Name, 0)] = $"hang {mark}";
        running.Send();
        var worker = await Marks.MadeAsync(mark, timeout);
        waiting.Send();
        await pool.QueuedAsync(1, timeout);
        turnedAway.Send(5);
        await line.UntilAsync(() => line.Of(turnedAway).Dropped == 5, "the frames are dropped", timeout);
        Assert.That(line.DropsOf(turnedAway), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.WorkersBusy, 5) }));
        Signals.Send("KILL", worker);
        await line.UntilAsync(() => line.Of(waiting).Processed == 1, "the one that waited is worked on by the next worker", timeout);
        await line.FlowAsync(turnedAway, 1, timeout);
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task While_all_workers_are_busy_lanes_shed_by_their_policy_and_flow_again(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        await using var line = new WatchedLine();
        var (first, second) = await StartAsync(line, pool, timeout, configure: stage => stage.Lane = LanePolicy.DropOldest(2));
        var marks = new[] { _marks.Next(), _marks.Next() };
        _fates[(first.Name, 0)] = $"hang {marks[0]}";
        _fates[(second.Name, 0)] = $"hang {marks[1]}";
        first.Send();
        second.Send();
        var workers = new[] { await Marks.MadeAsync(marks[0], timeout), await Marks.MadeAsync(marks[1], timeout) };
        first.Send(10);
        second.Send(10);
        await line.UntilAsync(() => line.Of(first).Dropped == 8 && line.Of(second).Dropped == 8, "all but two of each are shed", timeout);
        Signals.Send("KILL", workers);
        await line.UntilAsync(() => line.Of(first).Processed == 2 && line.Of(second).Processed == 2, "those that waited are worked on", timeout);
        var expected = new[] { new FrameDrops("work", FrameDropReason.LaneFull, 8), new FrameDrops("work", FrameDropReason.WorkerFailed, 1) };
        Assert.That((line.DropsOf(first), line.DropsOf(second)), Is.EqualTo((expected, expected)));
        await line.FlowAsync(first, 5, timeout);
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_pool_that_is_stopped_first_costs_the_frames_that_come_after(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        await using var line = new WatchedLine();
        var (camera, _) = await StartAsync(line, pool, timeout);
        await line.FlowAsync(camera, 2, timeout);
        await pool.Pool.StopAsync(timeout);
        camera.Send(3);
        await line.UntilAsync(() => line.Of(camera).Dropped == 3, "the frames are dropped", timeout);
        Assert.That(line.DropsOf(camera), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.WorkersBusy, 3) }));
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_frame_that_takes_longer_than_its_stage_allows_is_dropped_and_its_worker_told(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.CancelGracePeriod = TimeSpan.Zero);
        await using var line = new WatchedLine(time: new ManualTimeProvider());
        var (struck, other) = await StartAsync(line, pool, timeout, configure: stage => stage.Timeout = TimeSpan.FromSeconds(1));
        var mark = _marks.Next();
        _fates[(struck.Name, 0)] = $"hang {mark}";
        struck.Send();
        var worker = pool.Note(await Marks.MadeAsync(mark, timeout));
        await line.FlowAsync(other, 5, timeout);
        await line.PassAsync(TimeSpan.FromMilliseconds(100), () => line.Of(struck).Dropped == 1, "it is given up", timeout);
        await Eventually.HoldsAsync(() => ProcessScan.Find(worker) is not { IsAlive: true }, "the worker that goes on is ended", timeout);
        await line.UntilAsync(() => line.Statistics is { HeldBuffers: 0, Stages: [{ Hanging: 0 }] }, "the thread has come back with its frame", timeout);
        await line.FlowAsync(struck, 5, timeout);
        Assert.That(line.DropsOf(struck), Is.EqualTo(new[] { new FrameDrops("work", FrameDropReason.StageTimedOut, 1) }));
        Assert.That(pool.Statistics.Cancelled, Is.EqualTo(1));
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task Stopping_while_workers_run_jobs_takes_their_frames_back_and_leaves_no_thread(CancellationToken timeout)
    {
        var options = WatchedLine.Patient();
        options.DrainTimeout = TimeSpan.Zero;
        await using var pool = await TestPool.StartAsync(timeout, options => options.CancelGracePeriod = TimeSpan.Zero);
        await using var line = new WatchedLine(options);
        var (first, second) = await StartAsync(line, pool, timeout);
        var marks = new[] { _marks.Next(), _marks.Next() };
        _fates[(first.Name, 0)] = $"hang {marks[0]}";
        _fates[(second.Name, 0)] = $"hang {marks[1]}";
        first.Send(3);
        second.Send(3);
        var workers = new[] { await Marks.MadeAsync(marks[0], timeout), await Marks.MadeAsync(marks[1], timeout) };
        await line.UntilAsync(() => line.Of(first).Received == 3 && line.Of(second).Received == 3, "the frames have come", timeout);
        Array.ForEach(workers, worker => pool.Note(worker));
        await line.EndAsync(timeout);
        var expected = new[] { new FrameDrops("work", FrameDropReason.Stopping, 3) };
        Assert.That((line.DropsOf(first), line.DropsOf(second)), Is.EqualTo((expected, expected)));
        Assert.That(line.Statistics.AbandonedThreads, Is.Zero);
        Assert.That(pool.Statistics.Cancelled, Is.EqualTo(2));
        await Eventually.HoldsAsync(() => workers.All(worker => ProcessScan.Find(worker) is not { IsAlive: true }), "the workers that would not give up are ended", timeout);
        Assert.That(await pool.RunAsync("echo still here", default, timeout), Is.EqualTo("still here"), "the pool is whole, and others may use it");
    }

    // Two cameras, and the stage "work", whose jobs echo unless their fate is another.
    private async Task<(LineCamera A, LineCamera B)> StartAsync(WatchedLine line, TestPool pool, CancellationToken timeout, JobOptions job = default, Action<FrameStageOptions>? configure = null)
    {
        var (a, b) = (line.AddCamera("a"), line.AddCamera("b"));
        line.Builder.PoolStage(
            line.Name("work"), pool.Pool,
            (in frame, request) => Encoding.UTF8.GetBytes(_fates.GetValueOrDefault((frame.Info.Camera, frame.Info.Sequence), $"echo {frame.Info.Sequence}"), request),
            (in _, in _) => { },
            stage =>
            {
                stage.Lane = LanePolicy.DropOldest(8);
                configure?.Invoke(stage);
            },
            job);
        await line.StartAsync(timeout);
        return (a, b);
    }
}
