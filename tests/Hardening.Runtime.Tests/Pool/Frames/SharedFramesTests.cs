using System.ComponentModel;
using Hardening.Camera;
using Hardening.Interop;
using Hardening.Pool;
using Hardening.Pool.Frames;
using Hardening.Pool.Protocol;

namespace Hardening.Runtime.Tests.Pool.Frames;

public sealed class SharedFramesTests
{
    private static readonly FrameInfo Origin = new()
    {
        Camera = "line 2", Sequence = 41, HostTimestamp = 1234, DeviceTimestamp = 5678, DeviceClock = FrameClock.Ptp, Width = 1, Height = 1, Stride = 1, Length = 1, PixelFormat = PixelFormat.Mono8,
    };

    [Test]
    public void A_worker_reads_a_frame_where_it_lies()
    {
        using var pool = new FramePool(slots: 3, slotBytes: 5_000);
        using var other = TestFrames.Publish(pool, sequence: 1);
        using var lease = TestFrames.Publish(pool, sequence: 7);
        var frame = SharedFrames.Refer(lease, camera: 4);
        Assert.That((frame.Region, frame.Offset, frame.Length, frame.Camera, frame.Sequence), Is.EqualTo((pool.Region, 8192UL, 64u, 4u, 7L)));
        Assert.That((frame.Width, frame.Height, frame.Stride, frame.PixelFormat), Is.EqualTo((8u, 8u, 8u, (uint)PixelFormat.Mono8)));

        var region = SharedFrames.Share(pool, writable: false);
        using var mapped = new MappedRegions();
        mapped.Map(region.Id, region.Bytes, region.IsWritable, Libc.Reopen(region.File, writable: false));
        Assert.That(mapped.Read(frame).SequenceEqual(lease.Pixels));
        mapped.Map(region.Id, region.Bytes, region.IsWritable, $"/proc/{Environment.ProcessId}/fd/{region.File.DangerousGetHandle()}");
        Assert.That(mapped.Read(frame).SequenceEqual(lease.Pixels), "mapped once more, by its path");
        Assert.That(() => mapped.Write(frame).Length, Throws.InstanceOf<IOException>());
        region.File.Dispose();
    }

    [Test]
    public void Each_pool_is_a_region_of_its_own()
    {
        using var one = new FramePool(1, 64);
        using var other = new FramePool(1, 64);
        Assert.That(one.Region, Is.Not.EqualTo(other.Region).And.Not.Zero);
    }

    [Test]
    public void What_is_shared_for_reading_cannot_be_written_by_anybody_but_its_pool()
    {
        using var pool = new FramePool(1, 4096);
        var region = SharedFrames.Share(pool, writable: false);
        using var file = region.File;
        Assert.That(() => Libc.MapFile(file, region.Bytes, writable: true), Throws.TypeOf<Win32Exception>());
        using var again = Libc.Reopen(file, writable: true); // the system lets the same user do that
        Assert.That(() => Libc.MapFile(again, region.Bytes, writable: true), Throws.TypeOf<Win32Exception>());
        Assert.That(() => RandomAccess.Write(again, [1], 0), Throws.Exception);
        Assert.That(() => RandomAccess.SetLength(again, 0), Throws.Exception);
        using var lease = TestFrames.Publish(pool, sequence: 3);
        Assert.That(lease.Pixels[0], Is.EqualTo(3), "the pool itself still writes");
    }

    [Test]
    public void The_memory_of_a_pool_cannot_be_shared_once_it_is_gone()
    {
        var pool = new FramePool(1, 64);
        pool.Dispose();
        Assert.That(() => SharedFrames.Share(pool, writable: false), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void What_a_worker_has_written_becomes_a_frame()
    {
        using var pool = new FramePool(slots: 2, slotBytes: 4096);
        Assert.That(pool.TryRent("worker", out var buffer));
        var region = SharedFrames.Share(pool, writable: true);
        using var mapped = new MappedRegions();
        mapped.Map(region.Id, region.Bytes, region.IsWritable, region.File);
        var output = SharedFrames.ReferOutput(buffer);
        var bytes = mapped.Write(output);
        Assert.That(bytes.Length, Is.EqualTo(4096));
        bytes[..200].Fill(9);

        using var lease = SharedFrames.Publish(buffer, output with { Width = 10, Height = 20, Stride = 10, Length = 200, PixelFormat = (uint)PixelFormat.Mono8, Camera = 99, Sequence = 99, HostTimestamp = 99 }, Origin);
        Assert.That(lease.Info, Is.EqualTo(Origin with { Width = 10, Height = 20, Stride = 10, Length = 200 }), "only the sizes are the worker's");
        Assert.That(lease.Pixels.IndexOfAnyExcept((byte)9), Is.EqualTo(-1));
        Assert.That(() => buffer.Dispose(), Throws.TypeOf<ObjectDisposedException>(), "the frame is its successor");
    }

    private delegate void Change(ref FrameReference frame);

    private static readonly Dictionary<string, Change> Lies = new()
    {
        ["another region"] = (ref frame) => frame.Region++,
        ["another slot"] = (ref frame) => frame.Offset += 4096,
        ["a byte further"] = (ref frame) => frame.Offset++,
        ["no output"] = (ref frame) => frame.Flags = 0,
        ["unknown flags"] = (ref frame) => frame.Flags = (FrameReferenceFlags)3,
        ["longer than the slot"] = (ref frame) => frame.Length = 4097,
        ["far longer"] = (ref frame) => frame.Length = uint.MaxValue,
        ["rows beyond the length"] = (ref frame) => frame.Height = 21,
        ["rows that overflow"] = (ref frame) => (frame.Height, frame.Stride) = (int.MaxValue, int.MaxValue),
        ["a negative height"] = (ref frame) => frame.Height = uint.MaxValue,
        ["a negative width"] = (ref frame) => frame.Width = 0x8000_0000,
        ["rows longer than the stride"] = (ref frame) => frame.Width = 11,
        ["wide pixels"] = (ref frame) => frame.PixelFormat = (uint)PixelFormat.RGB8,
        ["an unknown status"] = (ref frame) => frame.Status = 3,
    };

    private static IEnumerable<string> NamesOfLies => Lies.Keys;

    [TestCaseSource(nameof(NamesOfLies))]
    public void A_worker_that_lies_about_its_frame_is_found_out(string lie)
    {
        using var pool = new FramePool(slots: 2, slotBytes: 4096);
        Assert.That(pool.TryRent("worker", out var buffer));
        var answer = SharedFrames.ReferOutput(buffer) with { Width = 10, Height = 20, Stride = 10, Length = 200, PixelFormat = (uint)PixelFormat.Mono8 };
        Lies[lie](ref answer);
        Assert.That(() => SharedFrames.Publish(buffer, answer, Origin).Info.Width, Throws.TypeOf<WorkerProtocolException>());
        Assert.That(pool.Rented, Is.EqualTo(1), "the worker may still write there");
        buffer.Dispose();
    }

    [Test]
    public void A_reference_that_reaches_beyond_its_region_is_refused([Values(0UL, 1UL, 8192UL, ulong.MaxValue, ulong.MaxValue - 99)] ulong offset, [Values(8193u, uint.MaxValue)] uint length)
    {
        using var pool = new FramePool(slots: 2, slotBytes: 4096);
        var region = SharedFrames.Share(pool, writable: true);
        using var mapped = new MappedRegions();
        mapped.Map(region.Id, region.Bytes, region.IsWritable, region.File);
        var frame = new FrameReference { Region = region.Id, Offset = offset, Length = length, Flags = FrameReferenceFlags.Output };
        Assert.That(() => mapped.Read(frame).Length, Throws.InstanceOf<IOException>().With.Message.Contains("of region"));
        Assert.That(() => mapped.Write(frame).Length, Throws.InstanceOf<IOException>());
    }

    [Test]
    public void A_region_that_is_not_there_is_refused()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 4096);
        var region = SharedFrames.Share(pool, writable: false);
        using var file = region.File;
        using var mapped = new MappedRegions();
        Assert.That(() => mapped.Map(1, 8192, writable: false, Libc.Reopen(file, writable: false)), Throws.InstanceOf<IOException>().With.Message.Contains("its file has 4,096"));
        Assert.That(() => mapped.Map(1, 4096, writable: true, Libc.Reopen(file, writable: false)), Throws.InstanceOf<IOException>());
        Assert.That(() => mapped.Map(1, 4096, writable: false, "/proc/self/fd/99999"), Throws.InstanceOf<IOException>().With.Message.Contains("/proc/self/fd/99999"));
        Assert.That(() => mapped.Read(new FrameReference { Region = 1 }).Length, Throws.InstanceOf<IOException>().With.Message.Contains("not mapped"));
        mapped.Map(1, 4096, writable: false, Libc.Reopen(file, writable: false));
        Assert.That(mapped.Read(new FrameReference { Region = 1, Length = 4096 }).Length, Is.EqualTo(4096));
        mapped.Unmap(1);
        mapped.Unmap(1);
        Assert.That(() => mapped.Read(new FrameReference { Region = 1 }).Length, Throws.InstanceOf<IOException>());
    }

    [Test]
    public void Cameras_have_numbers()
    {
        var numbers = new CameraNumbers();
        Assert.That(numbers.Of("line 1"), Is.EqualTo(1));
        Assert.That(numbers.Of("line 2"), Is.EqualTo(2));
        Assert.That(numbers.Of("line 1"), Is.EqualTo(1));
        for (var i = 0; i < 10_000; i++)
        {
            numbers.Of($"camera {i}");
        }

        Assert.That(numbers.Of("one too many"), Is.Zero);
        Assert.That(numbers.Of("line 2"), Is.EqualTo(2));
    }

    [Test]
    public void Referring_to_frames_allocates_nothing()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        using var lease = TestFrames.Publish(pool, camera: "line 1");
        var numbers = new CameraNumbers();
        _ = SharedFrames.Refer(lease, numbers.Of("line 1"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _ = SharedFrames.Refer(lease, numbers.Of(lease.Info.Camera));
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
