using System.Buffers;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

public sealed class FramePoolTests
{
    [Test]
    public void Gives_as_many_aligned_buffers_as_it_has_and_no_more()
    {
        using var pool = new FramePool(slots: 3, slotBytes: 5_000);
        var buffers = new List<FrameBuffer>();
        while (pool.TryRent("test", out var buffer))
        {
            buffers.Add(buffer);
        }

        Assert.That(buffers.Select(b => b.Slot), Is.EquivalentTo(new[] { 0, 1, 2 }));
        Assert.That(buffers.Select(b => (long)b.Address % 4096), Is.All.Zero);
        Assert.That(buffers.Select(b => b.Bytes.Length), Is.All.EqualTo(5_000));
        Assert.That(pool.Rented, Is.EqualTo(3));
        Assert.That(pool.SlabBytes, Is.EqualTo(3 * 8192));
        buffers.ForEach(b => b.Dispose());
        Assert.That(pool.Rented, Is.Zero);
        Assert.That(pool.TryRent("test", out var again));
        again.Dispose();
    }

    [Test]
    public void Buffers_do_not_overlap()
    {
        using var pool = new FramePool(slots: 4, slotBytes: 4_096);
        var leases = Enumerable.Range(0, 4).Select(i => TestFrames.Publish(pool, sequence: i)).ToList();
        Assert.That(leases.Select(lease => lease.Pixels.ToArray().Distinct().Single()), Is.EqualTo(new byte[] { 0, 1, 2, 3 }));
        leases.ForEach(lease => lease.Dispose());
    }

    [Test]
    public void A_frame_lives_until_its_last_lease_is_gone()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        var first = TestFrames.Publish(pool, sequence: 7);
        var second = first.AddLease("archive");
        first.Dispose();
        Assert.That(second.Info.Sequence, Is.EqualTo(7));
        Assert.That(pool.TryRent("test", out _), Is.False);
        second.Dispose();
        Assert.That(pool.TryRent("test", out var free));
        free.Dispose();
    }

    [Test]
    public void Detects_a_second_release()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        var lease = TestFrames.Publish(pool);
        lease.Dispose();
        Assert.That(lease.Dispose, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Detects_a_second_release_while_other_leases_live()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        var first = TestFrames.Publish(pool);
        var second = first.AddLease("a");
        second.Dispose();
        var third = first.AddLease("b"); // must not fit the released second
        Assert.That(second.Dispose, Throws.TypeOf<ObjectDisposedException>());
        third.Dispose();
        first.Dispose();
    }

    [Test]
    public void Detects_use_after_release_even_when_the_buffer_holds_the_next_frame()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        var stale = TestFrames.Publish(pool, sequence: 1);
        stale.Dispose();
        using var next = TestFrames.Publish(pool, sequence: 2);
        Assert.Multiple(() =>
        {
            Assert.That(() => stale.Info.Sequence, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => stale.Pixels.Length, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => stale.Memory, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => stale.Address, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => stale.AddLease("test"), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(stale.Dispose, Throws.TypeOf<ObjectDisposedException>());
        });
    }

    [Test]
    public void A_buffer_cannot_be_written_or_published_again_once_it_is_a_frame()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        Assert.That(pool.TryRent("test", out var buffer));
        using var lease = buffer.Publish(Info(64));
        Assert.Multiple(() =>
        {
            Assert.That(() => buffer.Bytes.Length, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => buffer.Address, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => buffer.Publish(Info(64)), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(buffer.Dispose, Throws.TypeOf<ObjectDisposedException>());
        });
    }

    [Test]
    public void A_buffer_that_was_given_back_unfilled_is_stale_too()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        Assert.That(pool.TryRent("test", out var unfilled));
        unfilled.Dispose();
        using var lease = TestFrames.Publish(pool);
        Assert.That(() => unfilled.Bytes.Length, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(unfilled.Dispose, Throws.TypeOf<ObjectDisposedException>());
    }

    [TestCase(-1)]
    [TestCase(65)]
    public void A_frame_is_no_longer_than_its_buffer(int length)
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        Assert.That(pool.TryRent("test", out var buffer));
        Assert.That(() => buffer.Publish(Info(length)), Throws.TypeOf<ArgumentOutOfRangeException>());
        buffer.Dispose();
    }

    [Test]
    public void Limits_the_leases_of_a_frame_and_says_who_has_them()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        var leases = new List<FrameLease> { TestFrames.Publish(pool) };
        while (leases.Count < FramePool.MaxLeasesPerFrame)
        {
            leases.Add(leases[0].AddLease("preview"));
        }

        Assert.That(() => leases[0].AddLease("one more"), Throws.InvalidOperationException.With.Message.Contains("preview: 31"));
        leases.ForEach(lease => lease.Dispose());
        Assert.That(pool.Rented, Is.Zero);
    }

    [Test]
    public void Says_who_holds_its_buffers()
    {
        using var pool = new FramePool(slots: 4, slotBytes: 64);
        Assert.That(pool.DescribeHolders(), Is.Empty);
        Assert.That(pool.TryRent("camera-1/driver", out var buffer));
        using var lease = TestFrames.Publish(pool).Transfer("archive");
        using var other = lease.AddLease("preview");
        Assert.That(pool.DescribeHolders(), Is.EqualTo("archive: 1, camera-1/driver: 1, preview: 1"));
        buffer.Dispose();
    }

    [Test]
    public void Its_memory_outlives_it_until_the_last_lease_is_gone()
    {
        var pool = new FramePool(slots: 1, slotBytes: 64);
        var lease = TestFrames.Publish(pool, sequence: 9);
        pool.Dispose();
        Assert.That(lease.Pixels[0], Is.EqualTo(9));
        Assert.That(pool.Rented, Is.EqualTo(1));
        Assert.That(() => pool.TryRent("test", out _), Throws.TypeOf<ObjectDisposedException>());
        lease.Dispose();
        Assert.That(pool.Rented, Is.Zero);
        pool.Dispose();
    }

    [Test]
    public unsafe void Memory_shows_the_frame_and_pins_it_where_it_is()
    {
        using var pool = new FramePool(slots: 2, slotBytes: 100);
        var lease = TestFrames.Publish(pool, sequence: 5);
        var memory = lease.Memory;
        Assert.That(memory.Length, Is.EqualTo(64));
        Assert.That(memory.Span.IndexOfAnyExcept((byte)5), Is.EqualTo(-1));
        using (var pin = memory.Pin())
        {
            Assert.That((nint)pin.Pointer, Is.EqualTo(lease.Address));
        }

        lease.Dispose();
        Assert.That(() => memory.Span.Length, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Default_values_hold_nothing()
    {
        Assert.That(default(FrameLease).IsEmpty);
        Assert.That(default(FrameBuffer).IsEmpty);
        default(FrameLease).Dispose();
        default(FrameBuffer).Dispose();
        Assert.That(() => default(FrameLease).Pixels.Length, Throws.InvalidOperationException);
        Assert.That(() => default(FrameBuffer).Bytes.Length, Throws.InvalidOperationException);
    }

    [TestCase(0, 64)]
    [TestCase(65_537, 64)]
    [TestCase(1, 0)]
    [TestCase(1, (1 << 30) + 1)]
    public void Refuses_impossible_sizes(int slots, int slotBytes) =>
        Assert.That(() => new FramePool(slots, slotBytes), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Refuses_more_memory_than_there_is_instead_of_being_killed_for_it() =>
        Assert.That(() => new FramePool(65_536, 1 << 30), Throws.TypeOf<InsufficientMemoryException>().With.Message.Contains("65,536 buffers of 1,073,741,824 bytes"));

    [Test, CancelAfter(60_000)]
    public void Renting_leasing_and_releasing_from_many_threads_loses_and_doubles_nothing(CancellationToken timeout)
    {
        using var pool = new FramePool(slots: 8, slotBytes: 64);
        var problems = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var threads = Enumerable.Range(0, 6).Select(thread => new Thread(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 30_000 && !timeout.IsCancellationRequested && problems.IsEmpty; i++)
            {
                if (!pool.TryRent("test", out var buffer))
                {
                    continue;
                }

                var mark = (byte)random.Next(256);
                buffer.Bytes.Fill(mark);
                if (random.Next(8) == 0)
                {
                    buffer.Dispose();
                    continue;
                }

                var lease = buffer.Publish(Info(64));
                var second = lease.AddLease("second");
                lease.Dispose();
                if (second.Pixels.IndexOfAnyExcept(mark) >= 0)
                {
                    problems.Enqueue("another thread wrote into a leased buffer");
                }

                second.Dispose();
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Assert.That(threads.All(thread => thread.Join(TimeSpan.FromSeconds(50))));
        Assert.That(problems, Is.Empty);
        Assert.That(pool.Rented, Is.Zero);
        var all = new HashSet<int>();
        while (pool.TryRent("test", out var buffer))
        {
            Assert.That(all.Add(buffer.Slot));
        }

        Assert.That(all, Has.Count.EqualTo(8), "every buffer is free again, once");
    }

    [Test]
    public void Allocates_nothing_in_the_steady_state()
    {
        using var pool = new FramePool(slots: 4, slotBytes: 64);
        Use();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Use();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Use()
        {
            pool.TryRent("test", out var buffer);
            var lease = buffer.Publish(Info(64));
            var second = lease.AddLease("second");
            _ = second.Pixels.Length + lease.Memory.Span.Length + lease.Info.Width;
            lease.Dispose();
            second.Dispose();
        }
    }

    private static FrameInfo Info(int length) => new()
    {
        Camera = "test", Sequence = 1, HostTimestamp = 0, Width = 8, Height = 8, Stride = 8, Length = length, PixelFormat = PixelFormat.Mono8,
    };
}
