using System.Diagnostics.Metrics;

namespace Hardening.Runtime.Aravis.Tests;

/// <summary>A camera that streams into a pool of its own.</summary>
internal sealed class OpenCamera : IDisposable
{
    private static readonly TimeSpan ReadLimit = TimeSpan.FromMilliseconds(100);
    private readonly Meter _meter = new("Hardening.Runtime");

    public OpenCamera(AravisFrameSourceOptions options, CancellationToken timeout)
        : this(new AravisFrameSource(options), timeout)
    {
    }

    public OpenCamera(AravisFrameSource source, CancellationToken timeout)
    {
        Source = source;
        try
        {
            Format = Source.Open(new FrameSourceContext(TimeProvider.System, Log.CreateLogger("camera"), _meter), timeout);
            Pool = new FramePool(Source.DriverBuffers + 4, Format.PayloadBytes);
            Source.Start(Pool);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public AravisFrameSource Source { get; }

    public FrameFormat Format { get; }

    public FramePool? Pool { get; private set; }

    public LogRecorder Log { get; } = new();

    /// <summary>Opens and starts it again, as a pipeline does: with the same pool.</summary>
    public FrameFormat Reopen(CancellationToken timeout)
    {
        var format = Source.Open(new FrameSourceContext(TimeProvider.System, Log.CreateLogger("camera"), _meter), timeout);
        Source.Start(Pool!);
        return format;
    }

    /// <summary>Reads frames, whole or damaged, until the action has seen enough.</summary>
    public void Read(Func<FrameLease, bool> isEnough, CancellationToken timeout)
    {
        while (true)
        {
            timeout.ThrowIfCancellationRequested();
            using var lease = Source.Read(ReadLimit, timeout).Lease;
            if (!lease.IsEmpty && isEnough(lease))
            {
                return;
            }
        }
    }

    public void Read(int count, Action<FrameLease> use, CancellationToken timeout)
    {
        var left = count;
        Read(
            lease =>
            {
                use(lease);
                return --left == 0;
            },
            timeout);
    }

    public void Dispose()
    {
        Source.Stop();
        Source.Dispose();
        Pool?.Dispose();
        _meter.Dispose();
    }
}
