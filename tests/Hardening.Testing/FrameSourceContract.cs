using System.Diagnostics.Metrics;
using Hardening.Camera;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Testing;

/// <summary>What every camera source owes its reader. A new source adds one class: derive, and say how to create one that streams without end.</summary>
public abstract class FrameSourceContract
{
    private static readonly TimeSpan ReadLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>A source whose device streams until it is stopped, at 20 frames per second or more.</summary>
    protected abstract IFrameSource Create();

    [Test, CancelAfter(60_000)]
    public void Gives_frames_in_the_order_of_the_device(CancellationToken timeout)
    {
        using var running = Running.Begin(Create(), timeout);
        var sequence = new List<long>();
        running.ReadFrames(20, lease => sequence.Add(lease.Info.Sequence), timeout);
        Assert.That(sequence, Is.Ordered.Ascending.And.Unique);
    }

    [Test, CancelAfter(60_000)]
    public void Describes_each_frame_as_announced(CancellationToken timeout)
    {
        using var running = Running.Begin(Create(), timeout);
        running.ReadFrames(
            5,
            lease =>
            {
                var info = lease.Info;
                Assert.Multiple(() =>
                {
                    Assert.That(info.Camera, Is.EqualTo(running.Source.Name));
                    Assert.That((info.Width, info.Height, info.PixelFormat), Is.EqualTo((running.Format.Width, running.Format.Height, running.Format.PixelFormat)));
                    Assert.That(info.Length, Is.InRange(1, running.Format.PayloadBytes));
                    Assert.That(info.Stride, Is.GreaterThanOrEqualTo(info.PixelFormat.RowBytes(info.Width)));
                    Assert.That(lease.Pixels.Length, Is.EqualTo(info.Length));
                    Assert.That(TimeProvider.System.GetElapsedTime(info.HostTimestamp), Is.InRange(TimeSpan.Zero, TimeSpan.FromSeconds(30)));
                });
            },
            timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Stops_when_cancelled_and_says_by_whom(CancellationToken timeout)
    {
        using var running = Running.Begin(Create(), timeout);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        running.ReadFrames(1, _ => { }, timeout);
        await stop.CancelAsync();
        var thrown = Assert.Catch<OperationCanceledException>(() => running.Source.Read(ReadLimit, stop.Token).Lease.Dispose());
        Assert.That(thrown!.CancellationToken, Is.EqualTo(stop.Token));
    }

    [Test, CancelAfter(60_000)]
    public void Hands_over_every_lease_once_and_gives_back_the_rest(CancellationToken timeout)
    {
        var running = Running.Begin(Create(), timeout);
        var kept = new List<FrameLease>();
        running.ReadFrames(5, lease => kept.Add(lease.AddLease("test")), timeout);
        running.Source.Stop();
        Assert.That(running.Pool.Rented, Is.EqualTo(kept.Count), running.Pool.DescribeHolders());
        kept.ForEach(lease => lease.Dispose());
        Assert.That(running.Pool.Rented, Is.Zero, running.Pool.DescribeHolders());
        running.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public void Says_which_frame_it_had_no_buffer_for_and_recovers(CancellationToken timeout)
    {
        using var running = Running.Begin(Create(), timeout);
        var taken = new List<FrameBuffer>();
        while (running.Pool.TryRent("test", out var buffer))
        {
            taken.Add(buffer);
        }

        FrameRead read;
        do
        {
            timeout.ThrowIfCancellationRequested();
            read = running.Source.Read(ReadLimit, timeout); // frames that the driver had buffers for come first
            read.Lease.Dispose();
            while (read.Status != FrameReadStatus.Dropped && running.Pool.TryRent("test", out var buffer))
            {
                taken.Add(buffer);
            }
        }
        while (read.Status != FrameReadStatus.Dropped);

        Assert.That(read.Info.Camera, Is.EqualTo(running.Source.Name));
        taken.ForEach(buffer => buffer.Dispose());
        running.ReadFrames(3, lease => Assert.That(lease.Info.Sequence, Is.GreaterThan(read.Info.Sequence)), timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Refuses_a_second_reader(CancellationToken timeout)
    {
        using var running = Running.Begin(Create(), timeout);
        using var refused = new ManualResetEventSlim();
        var threads = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (!refused.IsSet && !timeout.IsCancellationRequested)
            {
                try
                {
                    running.Source.Read(ReadLimit, CancellationToken.None).Lease.Dispose();
                }
                catch (InvalidOperationException)
                {
                    refused.Set();
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Assert.That(refused.Wait(TimeSpan.FromSeconds(20), timeout), "two threads could read at once");
        Assert.That(threads.All(thread => thread.Join(TimeSpan.FromSeconds(20))));
    }

    [Test, CancelAfter(60_000)]
    public void Can_be_opened_again_once_it_is_stopped(CancellationToken timeout)
    {
        using var running = Running.Begin(Create(), timeout);
        for (var i = 0; i < 3; i++)
        {
            running.ReadFrames(2, _ => { }, timeout);
            running.Source.Stop();
            Assert.That(running.Pool.Rented, Is.Zero, running.Pool.DescribeHolders());
            Assert.That(running.Open(timeout), Is.EqualTo(running.Format));
            running.Source.Start(running.Pool);
        }

        running.ReadFrames(2, _ => { }, timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Is_not_read_before_it_is_started(CancellationToken timeout)
    {
        using var source = Create();
        Assert.Throws<InvalidOperationException>(() => source.Read(ReadLimit, timeout).Lease.Dispose());
    }

    [Test, CancelAfter(60_000)]
    public void May_be_stopped_and_disposed_at_any_time_and_twice(CancellationToken timeout)
    {
        var never = Create();
        never.Stop();
        never.Dispose();
        never.Dispose();
        var running = Running.Begin(Create(), timeout);
        running.Source.Stop();
        running.Source.Stop();
        running.Dispose();
        running.Source.Dispose();
        Assert.That(running.Pool.Rented, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public void Allocates_nothing_per_frame(CancellationToken timeout)
    {
        using var running = Running.Begin(Create(), timeout);
        Action<FrameLease> nothing = static _ => { };
        running.ReadFrames(10, nothing, timeout);
        var before = GC.GetAllocatedBytesForCurrentThread();
        running.ReadFrames(20, nothing, timeout);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    /// <summary>A source that streams into a pool of its own.</summary>
    private sealed class Running(IFrameSource source, FrameFormat format, FramePool pool, Meter meter) : IDisposable
    {
        public IFrameSource Source => source;

        public FrameFormat Format => format;

        public FramePool Pool => pool;

        public static Running Begin(IFrameSource source, CancellationToken timeout)
        {
            var meter = new Meter("test");
            try
            {
                var format = source.Open(new FrameSourceContext(TimeProvider.System, NullLogger.Instance, meter), timeout);
                var pool = new FramePool(source.DriverBuffers + 8, format.PayloadBytes);
                source.Start(pool);
                return new Running(source, format, pool, meter);
            }
            catch
            {
                source.Dispose();
                meter.Dispose();
                throw;
            }
        }

        public FrameFormat Open(CancellationToken timeout) => source.Open(new FrameSourceContext(TimeProvider.System, NullLogger.Instance, meter), timeout);

        // The action is called with the lease, which is released after it.
        public void ReadFrames(int count, Action<FrameLease> use, CancellationToken timeout)
        {
            while (count > 0)
            {
                timeout.ThrowIfCancellationRequested();
                var read = source.Read(ReadLimit, timeout);
                if (read.Status == FrameReadStatus.Frame)
                {
                    use(read.Lease);
                    read.Lease.Dispose();
                    count--;
                }
            }
        }

        public void Dispose()
        {
            source.Stop();
            source.Dispose();
            pool.Dispose();
            meter.Dispose();
        }
    }
}
