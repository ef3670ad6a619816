namespace Hardening.Runtime.Aravis.Tests;

public sealed class UnderrunFramesTests
{
    [TestCase(0, "5 9", TestName = "{m}(no packet without a buffer: the gap is a loss)")]
    [TestCase(30, "5 -6 -7 -8 9", TestName = "{m}(all three)")]
    [TestCase(21, "5 -6 -7 -8 9", TestName = "{m}(all three, of which one had begun to arrive)")]
    [TestCase(20, "5 -7 -8 9", TestName = "{m}(two, and one was lost before)")]
    [TestCase(3, "5 -8 9", TestName = "{m}(a piece of one)")]
    [TestCase(900, "5 -6 -7 -8 9", TestName = "{m}(never more than the gap)")]
    public void Tells_a_gap_as_dropped_as_far_as_packets_had_no_buffer(int underrunPackets, string told)
    {
        var underruns = default(UnderrunFrames);
        var seen = new List<long>();
        Take(ref underruns, 5, 0, seen);
        Take(ref underruns, 9, underrunPackets, seen);
        Assert.That(string.Join(' ', seen), Is.EqualTo(told));
    }

    [Test]
    public void Explains_each_packet_once()
    {
        var underruns = default(UnderrunFrames);
        var seen = new List<long>();
        Take(ref underruns, 5, 10, seen);
        Take(ref underruns, 7, 10, seen);
        Take(ref underruns, 9, 10, seen);
        Assert.That(seen, Is.EqualTo([5, -6, 7, 9]));
    }

    [Test]
    public void Keeps_for_the_next_gap_what_was_counted_before_it_was_seen()
    {
        var underruns = default(UnderrunFrames);
        var seen = new List<long>();
        Take(ref underruns, 5, 30, seen);
        Take(ref underruns, 7, 30, seen);
        Take(ref underruns, 10, 30, seen);
        Take(ref underruns, 12, 30, seen);
        Assert.That(seen, Is.EqualTo([5, -6, 7, -8, -9, 10, 12]));
    }

    // Frames that come are written as they are, those that are told as dropped with a minus; ten packets make a frame.
    private static void Take(ref UnderrunFrames underruns, long sequence, long packets, List<long> seen)
    {
        using var pool = new FramePool(1, 64);
        Assert.That(pool.TryRent("test", out var buffer));
        var info = new FrameInfo { Camera = "c", Sequence = sequence, HostTimestamp = 1, Width = 8, Height = 8, Stride = 8, Length = 64, PixelFormat = PixelFormat.Mono8 };
        var read = underruns.Before(FrameRead.Delivered(buffer.Publish(info)), packets, framePackets: 10);
        do
        {
            seen.Add(read.Status == FrameReadStatus.Dropped ? -read.Info.Sequence : read.Info.Sequence);
            read.Lease.Dispose();
        }
        while (underruns.TryTell(out read));
    }
}
