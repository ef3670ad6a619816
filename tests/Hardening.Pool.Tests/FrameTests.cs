using System.Text;
using Hardening.Camera;

namespace Hardening.Pool.Tests;

/// <summary>Frames that cross to workers and come back.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FrameTests : IDisposable
{
    private readonly Marks _marks = new();

    public void Dispose() => _marks.Dispose();

    [Test]
    public async Task Frames_are_read_where_they_lie_and_given_back(CancellationToken timeout)
    {
        using var frames = new FramePool(4, 64);
        await using var pool = await TestPool.StartAsync(timeout);
        using (var first = TestFrames.Publish(frames, sequence: 1))
        using (var second = TestFrames.Publish(frames, sequence: 2))
        {
            using var result = await pool.Pool.RunAsync("sum"u8.ToArray(), (FrameLease[])[first, second], default, timeout);
            Assert.That(Encoding.UTF8.GetString(result.Payload), Is.EqualTo("64 128"));
        }

        Assert.That(frames.Rented, Is.Zero);
    }

    [Test]
    public async Task A_frame_of_a_job_whose_worker_ends_is_given_back(CancellationToken timeout)
    {
        using var frames = new FramePool(1, 64);
        await using var pool = await TestPool.StartAsync(timeout);
        var mark = _marks.Next();
        Task<JobResult> job;
        using (var frame = TestFrames.Publish(frames))
        {
            job = pool.Pool.RunAsync(Encoding.UTF8.GetBytes($"hang {mark}"), frame, default, timeout).AsTask();
        }

        Signals.Send("KILL", await Marks.MadeAsync(mark, timeout));
        await Assert.ThrowsAsync<WorkerExitedException>(() => job);
        await Eventually.HoldsAsync(() => frames.Rented == 0, "the frame is free", timeout);
    }

    [Test]
    public async Task A_result_brings_its_frame_and_gives_it_back(CancellationToken timeout)
    {
        using var frames = new FramePool(1, 64);
        using var frame = TestFrames.Publish(frames, sequence: 5);
        var echo = WorkerCommand.Executable(Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "pool-worker", "echo");
        await using var pool = await TestPool.StartAsync(timeout, options => (options.ResultSlots, options.ResultSlotBytes) = (2, 4096), echo);
        for (var round = 0; round < 10; round++) // more than there are slots
        {
            using var result = await pool.Pool.RunAsync("hello"u8.ToArray(), frame, default, timeout);
            Assert.That(result.HasFrame);
            Assert.That((result.Frame.Info.Width, result.Frame.Info.Length), Is.EqualTo((8, 64)));
            Assert.That(result.Frame.Pixels.SequenceEqual(frame.Pixels));
        }
    }

    [Test]
    public async Task Memory_for_results_survives_the_ends_of_workers(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.ResultSlots, options.ResultSlotBytes, options.PoisonAfter) = (2, 4096, 100));
        for (var round = 0; round < 6; round++)
        {
            await Assert.ThrowsAsync<WorkerExitedException>(() => pool.RunAsync("exit 1", default, timeout));
        }

        Assert.That(await Task.WhenAll(pool.RunAsync("echo a", default, timeout), pool.RunAsync("echo b", default, timeout)), Is.EqualTo(["a", "b"]));
    }
}
