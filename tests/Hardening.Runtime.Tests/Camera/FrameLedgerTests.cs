using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

/// <summary>The books of one camera, which its capture thread and the one that looks after it write at once.</summary>
public sealed class FrameLedgerTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public void A_silence_that_a_frame_has_ended_since_it_was_seen_is_no_outage()
    {
        var ledger = new FrameLedger("camera", ["work"], _time);
        ledger.Streaming(new FrameFormat(1, 1, PixelFormat.Mono8, 1, FrameRate: 30));
        var seen = Receive(ledger, 0);
        _time.Advance(TimeSpan.FromSeconds(3));
        var last = Receive(ledger, 1);
        Assert.That(ledger.Silent(seen), Is.False);
        Assert.That(ledger.Snapshot(), Has.Property("State").EqualTo(CameraState.Streaming).And.Property("Outages").Zero.And.Property("SilentTime").EqualTo(TimeSpan.Zero));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.That((ledger.Silent(last), ledger.Silent(last)), Is.EqualTo((true, false)), "one that goes on is, once");
        Assert.That(ledger.Snapshot(), Has.Property("State").EqualTo(CameraState.Silent).And.Property("Outages").EqualTo(1).And.Property("SilentTime").EqualTo(TimeSpan.FromSeconds(3)));
    }

    private long Receive(FrameLedger ledger, long sequence)
    {
        var now = _time.GetTimestamp();
        ledger.Received(new FrameInfo { Camera = "camera", Sequence = sequence, HostTimestamp = now, Width = 1, Height = 1, Stride = 1, Length = 1, PixelFormat = PixelFormat.Mono8 }, now, out _);
        return now;
    }
}
