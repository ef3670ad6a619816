using Hardening.Camera;

namespace Hardening.Testing;

/// <summary>What every sink owes the pipeline. A new sink adds one class: derive, and say how to create one.</summary>
public abstract class FrameSinkContract
{
    protected abstract IFrameSink Create();

    [Test]
    public void Has_a_name() => Assert.That(Create().Name, Is.Not.Empty);

    [Test]
    public void Keeps_no_more_frames_than_it_said()
    {
        var sink = Create();
        using var pool = new FramePool(slots: 64, slotBytes: 64);
        for (var sequence = 0; sequence < 200; sequence++)
        {
            Consume(sink, pool, "a", sequence);
            Consume(sink, pool, "b", sequence);
            Assert.That(pool.Rented, Is.LessThanOrEqualTo(2 * sink.HeldFrames), pool.DescribeHolders());
        }
    }

    [Test]
    public void Gives_every_frame_back_when_it_is_disposed()
    {
        var sink = Create();
        using var pool = new FramePool(slots: 64, slotBytes: 64);
        Consume(sink, pool, "a", 0);
        Consume(sink, pool, "a", 1);
        (sink as IDisposable)?.Dispose();
        Assert.That(pool.Rented, Is.Zero, pool.DescribeHolders());
    }

    [Test, CancelAfter(60_000)]
    public void Takes_frames_of_several_cameras_at_once(CancellationToken timeout)
    {
        var sink = Create();
        using var pool = new FramePool(slots: 64, slotBytes: 64);
        var failures = 0;
        var threads = Enumerable.Range(0, 4).Select(camera => new Thread(() =>
        {
            try
            {
                for (var sequence = 0; sequence < 2_000; sequence++)
                {
                    Consume(sink, pool, $"camera-{camera}", sequence);
                }
            }
            catch (Exception e)
            {
                TestContext.Out.WriteLine(e);
                Interlocked.Increment(ref failures);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Assert.That(threads.All(thread => thread.Join(TimeSpan.FromSeconds(25))));
        Assert.That(failures, Is.Zero);
        (sink as IDisposable)?.Dispose();
        Assert.That(pool.Rented, Is.Zero, pool.DescribeHolders());
    }

    private static void Consume(IFrameSink sink, FramePool pool, string camera, long sequence)
    {
        using var lease = TestFrames.Publish(pool, camera, sequence);
        sink.Consume(new Frame(lease), CancellationToken.None);
    }
}
