using Hardening.BrokerHost.Measured;
using Hardening.Camera;

namespace Hardening.Benchmarks.Broker.Sides;

/// <summary>Some frames of 1280x1024 Mono8, as cameras have them, and what a worker must answer for each.</summary>
internal sealed class MeasuredFrames : IDisposable
{
    private const int Count = 8;
    private const int Width = 1280;
    private const int Height = 1024;

    private readonly FramePool _pool = new(Count, Width * Height);
    private readonly FrameLease[] _leases;
    private readonly long[] _sums;

    public MeasuredFrames()
    {
        _leases = [.. Enumerable.Range(0, Count).Select(Picture)];
        _sums = Array.ConvertAll(_leases, lease => MeasuredHandler.Sum(lease.Pixels));
    }

    /// <summary>The frame of a caller; the callers' own lease.</summary>
    public FrameLease Of(int caller) => _leases[caller % Count];

    public bool IsRight(int caller, ReadOnlySpan<byte> answer) => answer.Length == sizeof(long) && BitConverter.ToInt64(answer) == _sums[caller % Count];

    public void Dispose()
    {
        Array.ForEach(_leases, lease => lease.Dispose());
        _pool.Dispose();
    }

    private FrameLease Picture(int number)
    {
        if (!_pool.TryRent("benchmark", out var buffer))
        {
            throw new InvalidOperationException("There are fewer slots than frames.");
        }

        var pixels = buffer.Bytes[..(Width * Height)];
        for (var at = 0; at < pixels.Length; at++)
        {
            pixels[at] = (byte)((number * 7) + (at % 4099 * 31));
        }

        return buffer.Publish(new FrameInfo { Camera = "benchmark", Sequence = number, HostTimestamp = 0, Width = Width, Height = Height, Stride = Width, Length = Width * Height, PixelFormat = PixelFormat.Mono8 });
    }
}
