using Hardening.Interop;
using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>
/// A GigE Vision camera, through libaravis 0.8. Its driver writes packets straight into the slots of the pipeline's pool, so no frame is copied. A frame
/// whose packets did not all arrive is delivered as <see cref="FrameStatus.Incomplete"/>, and one that never came shows as a gap in <see cref="FrameInfo.Sequence"/>.
/// </summary>
/// <remarks>
/// <para>
/// Linux with the package <c>libaravis-0.8-0</c>. One thread at a time, as for every source; only <see cref="GetStatistics"/>, <see cref="Features"/> and <see cref="Trigger"/> may be used from others. The
/// same camera can be opened again at any time by this source, and by another one once this one is disposed.
/// </para>
/// <para>A camera that falls silent is not told from one that waits: <see cref="Read"/> gives timeouts until the library notices, 5 to 10 s after the last sign of life, and throws then.</para>
/// </remarks>
public sealed partial class AravisFrameSource : IFrameSource
{
    private const ulong SliceMicroseconds = 20_000; // how late a cancellation is noticed

    private readonly AravisFrameSourceOptions _options;
    private readonly Lock _statisticsGate = new(); // keeps the stream while its counters are read
    private FrameSourceContext? _context;
    private AravisMetrics? _metrics;
    private CameraRoute? _route;
    private AravisDevice? _device;
    private FrameFormat _format;
    private AravisStream? _stream;
    private AravisStatistics _earlier = new();     // of streams that were stopped
    private int _readers;
    private bool _hasWarned;
    private bool _isDisposed;

    /// <summary>Makes a camera; nothing is opened yet.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    public AravisFrameSource(AravisFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new AravisFrameSourceOptionsValidator().Validate(options.Name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(options.Name, typeof(AravisFrameSourceOptions), failed.Failures!);
        }

        _options = options;
        Features = new AravisFeatures(options.Name);
    }

    /// <summary>The camera's features by name, from <see cref="Open"/> on. May be used from any thread.</summary>
    public AravisFeatures Features { get; }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public int DriverBuffers => _options.DriverBuffers;

    /// <inheritdoc/>
    /// <remarks>
    /// May be called at any time: what is still open is closed first, frames are numbered anew, and <see cref="GetStatistics"/> goes on. Takes 10 to 200 ms, 2.5 s when nobody answers, and
    /// 1 to 2 s more where an earlier connection to the same camera, which no longer answers, is to be given up. Cancellation is noticed while it waits for an answer, and between the calls into the library, which
    /// cannot be interrupted. Cameras of one process are opened one after another, since the library crashes otherwise. What is set is read back: a camera that made something else of it is an error that names both, and what the camera allows.
    /// </remarks>
    public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        (_context, _logger, _hasWarned) = (context, context.Logger, false);
        Stop();        // what the last one left, whatever became of it
        CloseDevice();
        AravisLibrary.Require(Name);
        if (Aravis.arv_get_micro_version() is var version and < AravisLibrary.VerifiedPatch)
        {
            LogOldLibrary(version, AravisLibrary.VerifiedPatch);
        }

        Connect(cancellationToken);
        try
        {
            FollowClock(_device!, cancellationToken);
        }
        catch
        {
            CloseDevice();
            throw;
        }

        Features.Attach(_device!);
        _metrics = AravisMetrics.Of(context.Meter);
        _metrics.Add(this);
        return _format;
    }

    /// <inheritdoc/>
    public void Start(FramePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var device = _device ?? throw new InvalidOperationException($"Camera '{Name}' is not open.");
        if (_stream is not null)
        {
            throw new InvalidOperationException($"Camera '{Name}' is started.");
        }

        if (pool.SlotBytes < _format.PayloadBytes)
        {
            throw device.Refused($"the buffers of the pool hold {pool.SlotBytes:N0} bytes, and its frames have {_format.PayloadBytes:N0}");
        }

        try
        {
            Publish(new AravisStream(device, pool, _format, _options, _route!.Local));
            _stream!.Begin(DriverBuffers);
        }
        catch (AravisException e)
        {
            Stop();
            throw Failed(device.Address, "does not start its stream", e);
        }
        catch
        {
            Stop();
            throw;
        }

        if (_stream.ReceiveBufferBytes < _options.ReceiveBufferBytes && !_stream.HasPacketSocket)
        {
            LogSmallReceiveBuffer(Name, _stream.ReceiveBufferBytes, _options.ReceiveBufferBytes);
        }

        if (_options.SocketMode == AravisSocketMode.Packet && !_stream.HasPacketSocket)
        {
            LogNoPacketSocket(Name);
        }
    }

    /// <inheritdoc/>
    public FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _readers, 1) == 1)
        {
            throw new InvalidOperationException($"Another thread reads from camera '{Name}'; a camera has one reader.");
        }

        try
        {
            var stream = _stream ?? throw new InvalidOperationException($"Camera '{Name}' is not started.");
            var left = (ulong)Math.Clamp(timeout.TotalMicroseconds, 0, long.MaxValue);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var slice = Math.Min(left, SliceMicroseconds);
                if (stream.TryRead(slice, _context!.Time, out var read))
                {
                    WarnOfNotImages(stream);
                    return read;
                }

                if (_device!.ControlLost.IsSet)
                {
                    throw _device.Refused("it is gone: it has not answered for seconds, or another application has taken it over. Check its power, its cable and who else uses it");
                }

                left -= slice;
                if (left == 0)
                {
                    return FrameRead.Timeout;
                }
            }
        }
        finally
        {
            Volatile.Write(ref _readers, 0);
        }
    }

    /// <summary>The driver's raw counters; they go on when the camera is opened again. May be called from any thread.</summary>
    public AravisStatistics GetStatistics()
    {
        var asked = Volatile.Read(ref _stream);
        var dropped = asked?.ReadKernelDrops() ?? 0;
        lock (_statisticsGate)
        {
            return _stream is null ? _earlier : _earlier.Plus(_stream.ReadCounters(_stream == asked ? dropped : 0));
        }
    }

    /// <inheritdoc/>
    /// <remarks>Takes half a second at most. The buffers are back then; a camera that does not answer is let go in the background.</remarks>
    public void Stop()
    {
        var stream = _stream; // set by this thread alone
        var dropped = stream?.ReadKernelDrops() ?? 0;
        lock (_statisticsGate)
        {
            _stream = null;
            _earlier = stream is null ? _earlier : _earlier.Plus(stream.ReadCounters(dropped)) with { ReceiveBufferBytes = 0 };
        }

        if (stream is not null)
        {
            stream.Halt();
            Close(_device!, stream.Dispose);
        }
    }

    /// <inheritdoc/>
    /// <remarks>As <see cref="Stop"/>, and half a second more at most.</remarks>
    public void Dispose()
    {
        Stop();
        _isDisposed = true;
        _metrics?.Remove(this);
        CloseDevice();
    }

    private void Publish(AravisStream stream)
    {
        lock (_statisticsGate)
        {
            _stream = stream;
        }
    }

    private void WarnOfNotImages(AravisStream stream)
    {
        if (stream.SendsOtherThanImages && !_hasWarned)
        {
            _hasWarned = true;
            LogNotImages(Name);
        }
    }
}
