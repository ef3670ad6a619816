using Hardening.Pool.Wire;

namespace Hardening.Runtime.RabbitMq.Tests.Wire;

public sealed class JobBodyTests
{
    private static readonly FrameInfo Shape = new()
    {
        Camera = "left ü", Sequence = 123_456_789_012, HostTimestamp = 0, DeviceTimestamp = ulong.MaxValue, DeviceClock = FrameClock.Ptp, Width = 16, Height = 4, Stride = 20, Length = 76,
        PixelFormat = PixelFormat.BayerRG8, Status = FrameStatus.Incomplete,
    };

    [Test]
    public void A_request_and_its_frames_come_through_as_they_were()
    {
        var time = new ManualTimeProvider();
        var body = Write(time, out var pixels);
        time.Advance(TimeSpan.FromSeconds(5)); // on the way
        Assert.That(JobBody.TryRead(body, 2, time, out var read, out var error), error);
        Assert.That(read.Request.SequenceEqual("inspect"u8));
        Assert.That(read.Frames, Has.Length.EqualTo(2));
        Assert.That(read.Frames[1].Info, Is.EqualTo(Shape with { HostTimestamp = read.Frames[1].Info.HostTimestamp }));
        Assert.That(time.GetElapsedTime(read.Frames[1].Info.HostTimestamp), Is.EqualTo(TimeSpan.FromSeconds(2)), "its age when it was sent, by this clock");
        Assert.That(read.Pixels.SequenceEqual(pixels));
        Assert.That(read.Frames[0].Checksum, Is.EqualTo(Crc32C.Compute(pixels.AsSpan(0, 76))));
    }

    [Test]
    public void Nothing_that_a_peer_writes_is_more_than_an_error()
    {
        var time = new ManualTimeProvider();
        var body = Write(time, out _);
        for (var length = 0; length < body.Length; length++)
        {
            Assert.That(JobBody.TryRead(body.AsSpan(0, length), 2, time, out _, out var error), Is.False);
            Assert.That(error, Is.Not.Empty);
        }

        var random = new Random(4711);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])body.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (JobBody.TryRead(bytes, random.Next(0, 8), time, out var read, out var error))
            {
                Assert.That(read.Frames.Sum(frame => (long)frame.Info.Length), Is.EqualTo(read.Pixels.Length));
            }
            else
            {
                Assert.That(error, Is.Not.Empty);
            }
        }
    }

    [Test]
    public void The_checksum_is_that_of_iSCSI() => Assert.That((Crc32C.Compute("123456789"u8), Crc32C.Compute(new byte[32])), Is.EqualTo((0xE3069283u, 0x8A9136AAu)));

    private static byte[] Write(ManualTimeProvider time, out byte[] pixels)
    {
        using var pool = new FramePool(2, 4096);
        pixels = [.. Enumerable.Range(0, 152).Select(i => (byte)i)];
        var leases = new FrameLease[2];
        for (var i = 0; i < 2; i++)
        {
            Assert.That(pool.TryRent("test", out var buffer));
            pixels.AsSpan(i * 76, 76).CopyTo(buffer.Bytes);
            leases[i] = buffer.Publish(Shape with { HostTimestamp = time.GetTimestamp() });
        }

        time.Advance(TimeSpan.FromSeconds(2));
        var body = JobBody.Write("inspect"u8, leases, time);
        leases[0].Dispose();
        leases[1].Dispose();
        return body;
    }
}
