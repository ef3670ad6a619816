using System.Text;
using Hardening.Camera;

namespace Hardening.Pool.Tests;

/// <summary>Frames that workers write, into memory of the pool that becomes their callers'.</summary>
[CancelAfter(60_000)]
public sealed class ResultFrameTests
{
    [Test]
    public async Task A_frame_that_a_worker_writes_is_its_callers_until_the_result_is_disposed(CancellationToken timeout)
    {
        await using var pool = await StartAsync(slots: 3, timeout);
        var first = await RunAsync(pool, "paint 7", timeout);
        var kept = first.Frame.AddLease("test");
        using (var second = await RunAsync(pool, "paint 9", timeout))
        {
            Assert.That((first.HasFrame, second.HasFrame), Is.EqualTo((true, true)));
            Assert.That(second.Frame.Pixels.ToArray(), Is.EqualTo(Enumerable.Repeat((byte)9, 64)));
        }

        first.Dispose();
        using var third = await RunAsync(pool, "paint 11", timeout);
        using (kept)
        {
            Assert.That(kept.Pixels.ToArray(), Is.EqualTo(Enumerable.Repeat((byte)7, 64)), "A lease of its own outlives the result.");
            ref readonly var info = ref kept.Info;
            Assert.That((info.Width, info.Height, info.Stride, info.Length, info.PixelFormat, info.Camera), Is.EqualTo((16, 4, 16, 64, PixelFormat.Mono8, "test")));
        }
    }

    [Test]
    public async Task A_job_that_finds_all_memory_with_callers_has_none_and_says_so(CancellationToken timeout)
    {
        await using var pool = await StartAsync(slots: 2, timeout);
        var first = await RunAsync(pool, "paint 1", timeout);
        using (await RunAsync(pool, "paint 2", timeout))
        {
            Assert.That(await pool.RunAsync("output", default, timeout), Is.EqualTo("0"));
            var failure = await Assert.ThrowsAsync<JobFailedException>(() => pool.RunAsync("paint 3", default, timeout));
            Assert.That(failure!.ErrorType, Is.EqualTo("System.ArgumentOutOfRangeException"));
        }

        first.Dispose();
        Assert.That(await pool.RunAsync("output", default, timeout), Is.EqualTo("64"));
    }

    [Test]
    public async Task What_a_worker_had_when_it_was_killed_comes_back_once_nothing_of_it_is_left(CancellationToken timeout)
    {
        await using var pool = await StartAsync(slots: 2, timeout);
        for (var i = 0; i < 3; i++) // more than there are slots
        {
            Assert.That(() => pool.RunAsync($"exit {i}", default, timeout), Throws.TypeOf<WorkerExitedException>());
        }

        while (await pool.RunAsync("output", default, timeout) != "64")
        {
            timeout.ThrowIfCancellationRequested(); // in a moment
        }
    }

    private static Task<TestPool> StartAsync(int slots, CancellationToken timeout) => TestPool.StartAsync(timeout, options => (options.ResultSlots, options.ResultSlotBytes) = (slots, 64));

    private static async Task<JobResult> RunAsync(TestPool pool, string request, CancellationToken timeout) => await pool.Pool.RunAsync(Encoding.UTF8.GetBytes(request), default, timeout);
}
