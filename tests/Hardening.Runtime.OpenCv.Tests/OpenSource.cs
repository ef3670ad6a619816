using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>A source that is open and streams into a pool of its own.</summary>
internal sealed class OpenSource : IDisposable
{
    private readonly Meter _meter = new("test");

    public OpenSource(OpenCvFrameSourceOptions options, CancellationToken timeout, ILogger? logger = null)
    {
        Source = new OpenCvFrameSource(options);
        try
        {
            Format = Open(timeout, logger);
            Pool = new FramePool(Source.DriverBuffers + 4, Format.PayloadBytes);
            Source.Start(Pool);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public OpenCvFrameSource Source { get; }

    public FrameFormat Format { get; }

    public FramePool? Pool { get; }

    public FrameFormat Open(CancellationToken timeout, ILogger? logger = null) =>
        Source.Open(new FrameSourceContext(TimeProvider.System, logger ?? NullLogger.Instance, _meter), timeout);

    /// <summary>Reads until the action, which is called with each frame, says that it is enough, or the stream ends.</summary>
    /// <returns>How many frames there were.</returns>
    public int Read(Func<FrameLease, bool> isEnough, CancellationToken timeout)
    {
        for (var frames = 0; ;)
        {
            timeout.ThrowIfCancellationRequested();
            var read = Source.Read(TimeSpan.FromMilliseconds(200), timeout);
            if (read.Status == FrameReadStatus.EndOfStream)
            {
                return frames;
            }

            if (read.Status == FrameReadStatus.Frame)
            {
                frames++;
                var enough = isEnough(read.Lease);
                read.Lease.Dispose();
                if (enough)
                {
                    return frames;
                }
            }
        }
    }

    public void Dispose()
    {
        Source.Dispose();
        Pool?.Dispose();
        _meter.Dispose();
    }
}
