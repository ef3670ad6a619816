using Hardening.Camera;
using Hardening.Dashboard.Pictures;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Dashboard.Tests.Pictures;

public sealed class PictureSinkTests
{
    [Test]
    public void Nothing_is_taken_and_nothing_allocated_while_nobody_looks()
    {
        using var pool = new FramePool(2, 64);
        using var sink = Sink();
        using var lease = TestFrames.Publish(pool);
        Consume(sink, lease, times: 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Consume(sink, lease, times: 10_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(pool.Rented, Is.EqualTo(1));
        Assert.That(sink.Find("test"), Is.Null);
    }

    [Test, CancelAfter(60_000)]
    public async Task One_picture_is_made_for_one_wish_and_the_frame_is_given_back(CancellationToken timeout)
    {
        using var pool = new FramePool(3, 64);
        using var sink = Sink();
        for (var wish = 1; wish <= 3; wish++)
        {
            sink.Ask();
            using (var lease = TestFrames.Publish(pool, sequence: wish))
            {
                Consume(sink, lease, times: 1);
                await Eventually.HoldsAsync(() => Sequence(sink) == wish, $"the picture of frame {wish} is there", timeout);
            }

            using (var next = TestFrames.Publish(pool, sequence: 100 + wish))
            {
                Consume(sink, next, times: 5);
            }

            await Eventually.HoldsAsync(() => pool.Rented == 0, "the frame was given back", timeout);
            Assert.That(Sequence(sink), Is.EqualTo(wish), "nobody asked for another one");
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_picture_costs_the_thread_of_the_pipeline_no_memory(CancellationToken timeout)
    {
        using var pool = new FramePool(3, 64);
        using var sink = Sink();
        var bytes = 0L;
        for (var i = 0; i < 100; i++)
        {
            using var lease = TestFrames.Publish(pool, sequence: i);
            var before = GC.GetAllocatedBytesForCurrentThread();
            sink.Ask();
            sink.Consume(new Frame(lease), timeout);
            bytes += i < 50 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
            await Eventually.HoldsAsync(() => Sequence(sink) == i, $"the picture of frame {i} is there", timeout);
        }

        Assert.That(bytes, Is.LessThan(50 * 16), "what is queued is the camera's own object; the queue of the thread pool may grow once");
    }

    [Test]
    public void Cameras_beyond_the_limit_have_no_picture_and_are_said_to_have_none()
    {
        using var pool = new FramePool(3, 64);
        using var sink = Sink(most: 1);
        sink.Ask();
        foreach (var camera in (string[])["first", "second"])
        {
            using var lease = TestFrames.Publish(pool, camera);
            Consume(sink, lease, times: 1);
        }

        Assert.That(sink.Shows("first", PixelFormat.Mono8));
        Assert.That(sink.Shows("second", PixelFormat.Mono8), Is.False);
        Assert.That(sink.Shows("third", PixelFormat.Mono8), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_sink_that_is_closed_keeps_no_frame(CancellationToken timeout)
    {
        using var pool = new FramePool(3, 64);
        for (var i = 0; i < 50; i++)
        {
            var sink = Sink();
            sink.Ask();
            using (var lease = TestFrames.Publish(pool))
            {
                Consume(sink, lease, times: 1);
            }

            sink.Dispose();
            await Eventually.HoldsAsync(() => pool.Rented == 0, "the frame was given back", timeout);
        }
    }

    private static PictureSink Sink(int most = 10) => new(new PictureBudget(most), new DashboardMetrics(meters: null), new PictureLog(NullLogger.Instance));

    private static void Consume(PictureSink sink, FrameLease lease, int times)
    {
        for (var i = 0; i < times; i++)
        {
            sink.Consume(new Frame(lease), CancellationToken.None);
        }
    }

    private static long Sequence(PictureSink sink)
    {
        var answer = new byte[PictureSlot.HeaderBytes + PictureSize.MaxBytes];
        return sink.Find("test")?.Write(answer, index: 0) > 0 ? BitConverter.ToInt64(answer, 16) : -1;
    }
}
