using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Hardening.Camera;
using Hardening.TestWorker.Pool;

namespace Hardening.Pool.Tests.Camera;

/// <summary>Stages whose work a pool of processes does.</summary>
[CancelAfter(90_000)]
public sealed class PoolStageTests
{
    private static readonly LanePolicy Patient = LanePolicy.Block(4, TimeSpan.FromSeconds(60));

    private static readonly JobContract<string, string> Text = JobContract.Create<string, string>(
        static (output, request) => Encoding.UTF8.GetBytes(request, output), static input => Encoding.UTF8.GetString(input),
        static (output, result) => Encoding.UTF8.GetBytes(result, output), static input => Encoding.UTF8.GetString(input));

    [Test]
    public async Task Answers_go_to_later_stages_and_sinks_with_their_frames_in_order(CancellationToken timeout)
    {
        await using var pool = await StartTypedAsync(new ProcessPoolOptions { Workers = 2, SpareWorkers = 0 }, timeout);
        var sums = new FrameResult<string>();
        var seen = new ConcurrentQueue<string>();
        await using var line = new WatchedLine();
        var camera = line.AddCamera("a");
        line.Builder
            .PoolStage(line.Name("sum"), pool, (in _) => "sum", sums, stage => (stage.Lane, stage.ParallelPerCamera) = (Patient, 2))
            .To("answers", (in frame, _) => seen.Enqueue(sums.Get(frame)));
        await line.StartAsync(timeout);
        camera.Send(50); // each pixel is the frame's number
        camera.End();
        await line.Pipeline.Completion.WaitAsync(timeout);
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 50).Select(i => $"{64 * i}")));
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_worker_reads_a_frame_where_it_lies_and_cannot_write_to_it(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        var places = new ConcurrentQueue<(string Here, string There)>();
        await using var line = new WatchedLine();
        var camera = line.AddCamera("a");
        line.Builder.PoolStage(
            line.Name("where"), pool.Pool, (in _, request) => request.Write("where"u8), (in frame, in result) => places.Enqueue((MemoryMap.Describe(frame.Pixels), Encoding.UTF8.GetString(result.Payload))));
        await line.StartAsync(timeout);
        await line.FlowAsync(camera, 10, timeout); // over several slots
        foreach (var (here, there) in places)
        {
            Assert.That(here, Does.Contain("rights=rw-s").And.Contain("file=/memfd:hardening-frames"), "the pipeline's slab");
            Assert.That(there, Is.EqualTo(here.Replace("rights=rw-s", "rights=r--s", StringComparison.Ordinal)), "the same bytes of the same memory, for reading alone");
        }

        var worker = await pool.WorkerIdAsync(timeout);
        Assert.That(await File.ReadAllTextAsync($"/proc/{worker}/maps", timeout), Does.Contain("memfd:hardening-frames"));
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_picture_that_a_worker_gives_back_comes_with_the_answer_and_may_be_kept(CancellationToken timeout)
    {
        await using var pool = await StartTypedAsync(new ProcessPoolOptions { Workers = 2, SpareWorkers = 0, ResultSlots = 4, ResultSlotBytes = 64 }, timeout);
        var kept = new ConcurrentQueue<FrameLease>();
        await using var line = new WatchedLine();
        var camera = line.AddCamera("a");
        line.Builder.PoolStage(line.Name("paint"), pool, (in frame) => $"paint {frame.Info.Sequence + 7}", (in frame, in result) =>
        {
            Assert.That((result.Value, result.HasFrame, result.Frame.Info.Sequence), Is.EqualTo(("painted", true, frame.Info.Sequence)), "its number is that of the frame that was asked about");
            kept.Enqueue(result.Frame.AddLease("test"));
        });
        await line.StartAsync(timeout);
        await line.FlowAsync(camera, 2, timeout);
        Assert.That(kept.Select(lease => (lease.Info.Width, lease.Info.Height, lease.Pixels[0])), Is.EqualTo(new[] { (16, 4, (byte)7), (16, 4, (byte)8) }));
        await line.EndAsync(timeout);
        Array.ForEach([.. kept], lease => lease.Dispose());
    }

    [Test]
    public async Task It_has_a_thread_for_each_worker_unless_it_is_told_otherwise(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 3);
        await using var line = new WatchedLine();
        line.AddCamera("a");
        line.Builder.PoolStage(line.Name("all"), pool.Pool, null, (in _, in _) => { }).PoolStage(line.Name("one"), pool.Pool, null, (in _, in _) => { }, stage => stage.Workers = 1);
        await line.StartAsync(timeout);
        await line.UntilAsync(() => line.Threads().Count == 5, "all threads run", timeout);
        Assert.That(line.Threads().Where(name => name.Contains(".all#", StringComparison.Ordinal)), Has.Exactly(3).Items);
        Assert.That(line.Threads().Where(name => name.Contains(".one#", StringComparison.Ordinal)), Has.Exactly(1).Items);
        await line.EndAsync(timeout);
    }

    [Test]
    public async Task A_pool_that_was_not_started_fails_the_start_of_the_pipeline_and_not_each_frame(CancellationToken timeout)
    {
        await using var pool = TestPool.Make();
        await using var line = new WatchedLine();
        line.AddCamera("a");
        line.Builder.PoolStage(line.Name("early"), pool.Pool, null, (in _, in _) => { });
        Assert.That(() => line.StartAsync(timeout), Throws.InvalidOperationException.With.Message.Contains("'test'").And.Message.Contains("StartAsync"));
        await line.EndedAsync(timeout);
    }

    [Test]
    public void Limits_of_a_job_that_no_job_may_have_are_refused_at_once()
    {
        var pool = TestPool.Make();
        var pipeline = new FramePipelineBuilder("test");
        Assert.That(() => pipeline.PoolStage("bad", pool.Pool, null, (in _, in _) => { }, job: new JobOptions { MaxAttempts = 99 }), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task Allocates_nothing_for_a_frame(CancellationToken timeout)
    {
        const int Frames = 4_000;
        var echo = WorkerCommand.Executable(Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "pool-worker", "echo");
        await using var pool = await TestPool.StartAsync(timeout, worker: echo);
        using var threads = new ThreadAllocations(warmUp: 200);
        var answered = 0;
        await using var line = new WatchedLine();
        line.Builder
            .FromSynthetic(new SyntheticFrameSourceOptions { Name = line.Name("a"), Width = 64, Height = 64, FrameRate = null, Frames = Frames / 2 })
            .FromSynthetic(new SyntheticFrameSourceOptions { Name = line.Name("b"), Width = 64, Height = 64, FrameRate = null, Frames = Frames / 2 })
            .PoolStage(
                line.Name("echo"), pool.Pool,
                (in frame, request) =>
                {
                    threads.Look();
                    BitConverter.TryWriteBytes(request.GetSpan(8), frame.Info.Sequence);
                    request.Advance(8);
                },
                (in frame, in result) => Interlocked.Add(ref answered, BitConverter.ToInt64(result.Payload) == frame.Info.Sequence ? 1 : 0), stage => stage.Lane = Patient);
        await line.StartAsync(timeout);
        await line.Pipeline.Completion.WaitAsync(timeout);
        Assert.That(answered, Is.EqualTo(Frames));
        TestContext.Out.WriteLine($"{threads.Bytes} bytes for {Frames} frames on {threads.Measured} threads");
        Assert.That(threads.Measured, Is.InRange(1, 2));
        Assert.That(threads.Bytes, Is.LessThan(24 * Frames / 100), "not even the smallest object in a hundred frames");
        await line.EndAsync(timeout);
    }

    private static async Task<ProcessPool<string, string>> StartTypedAsync(ProcessPoolOptions options, CancellationToken timeout)
    {
        var pool = new ProcessPool<string, string>("test", TestPool.Scripted, Text, options);
        await pool.StartAsync(timeout);
        return pool;
    }
}
