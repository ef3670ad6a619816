using Hardening.Camera;

namespace Hardening.Testing;

/// <summary>Frames without a camera.</summary>
public static class TestFrames
{
    /// <summary>An 8 × 8 Mono8 frame; every pixel is the low byte of its number.</summary>
    public static FrameLease Publish(FramePool pool, string camera = "test", long sequence = 0)
    {
        Assert.That(pool.TryRent("test", out var buffer), "the pool is empty");
        buffer.Bytes[..64].Fill((byte)sequence);
        return buffer.Publish(new FrameInfo
        {
            Camera = camera, Sequence = sequence, HostTimestamp = 0, Width = 8, Height = 8, Stride = 8, Length = 64, PixelFormat = PixelFormat.Mono8,
        });
    }
}
