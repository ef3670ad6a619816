using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>
/// Whatever OpenCV's <c>VideoCapture</c> opens: files, RTSP and HTTP streams, devices. Each frame is copied once, from the decoder into the pool. Calls into OpenCV have
/// limits: one that does not return is left to its thread (<see cref="OpenCvStatistics.Abandoned"/>), and never closed under it.
/// </summary>
/// <remarks>
/// <para>Frames are numbered from 0 at each opening; a stream tells no numbers, so what was lost on the way leaves no gap. <see cref="FrameInfo.DeviceTimestamp"/> is what the backend says of the position in the stream.</para>
/// <para>One thread at a time, as for every source; only <see cref="GetStatistics"/> may be called from others. <see cref="Stop"/> closes the stream: open it again to go on.</para>
/// </remarks>
public sealed partial class OpenCvFrameSource : IFrameSource
{
    private readonly OpenCvFrameSourceOptions _options;
    private readonly CaptureLedger _ledger = new();
    private OpenCvMetrics? _metrics;
    private CaptureThread? _capture;
    private int _payloadBytes;
    private int _readers;
    private bool _isDisposed;

    /// <summary>Makes a source; nothing is opened yet.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    public OpenCvFrameSource(OpenCvFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new OpenCvFrameSourceOptionsValidator().Validate(options.Name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(options.Name, typeof(OpenCvFrameSourceOptions), failed.Failures!);
        }

        _options = options;
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public int DriverBuffers => 2; // one waits to be read, and one is being filled

    /// <inheritdoc/>
    /// <remarks>
    /// Takes <see cref="OpenCvFrameSourceOptions.OpenQueueTimeout"/> and twice <see cref="OpenCvFrameSourceOptions.OpenTimeout"/> at most. Captures of one backend are opened one after another, in this process.
    /// A host that does not answer is noticed before, so that others need not wait for it.
    /// </remarks>
    public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        _logger = context.Logger;
        Stop();
        if (_ledger.Hanging is var hanging && hanging >= _options.MaxAbandoned)
        {
            throw new FrameSourceException(Name, $"{hanging} captures of camera '{Name}' hang in OpenCV, which is as many as may ({nameof(_options.MaxAbandoned)}); it is opened again when one of them returns. If none does, the process must be started anew.");
        }

        OpenCvLibrary.Require(Name);
        _metrics = OpenCvMetrics.Of(context.Meter);
        _metrics.Add(this);
        LogThreads();
        var target = new OpenCvTarget(_options);
        var capture = new CaptureThread(this, target, context, _ledger);
        try
        {
            var format = capture.Open(cancellationToken);
            _payloadBytes = format.PayloadBytes;
            _capture = capture;
            LogOpened(Name, target.Description, target.Backend, format.Width, format.Height, format.PixelFormat, format.FrameRate);
            return format;
        }
        catch
        {
            capture.Stop();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Start(FramePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var capture = _capture ?? throw new InvalidOperationException($"Camera '{Name}' is not open.");
        if (capture.IsStarted)
        {
            throw new InvalidOperationException($"Camera '{Name}' is started.");
        }

        if (pool.SlotBytes < _payloadBytes)
        {
            throw new FrameSourceException(Name, $"The buffers of the pool hold {pool.SlotBytes:N0} bytes, and a frame of camera '{Name}' has {_payloadBytes:N0}.");
        }

        capture.Start(pool);
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
            return _capture is { IsStarted: true } capture
                ? capture.Read(timeout, cancellationToken)
                : throw new InvalidOperationException($"Camera '{Name}' is not started.");
        }
        finally
        {
            Volatile.Write(ref _readers, 0);
        }
    }

    /// <summary>What only this source knows; it goes on when the camera is opened again. May be called from any thread.</summary>
    public OpenCvStatistics GetStatistics() => _ledger.Read();

    /// <inheritdoc/>
    /// <remarks>Takes half a second at most; a call that does not return by then is left to its thread, which gives its buffer back when it does.</remarks>
    public void Stop()
    {
        _capture?.Stop();
        _capture = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _isDisposed = true;
        _metrics?.Remove(this);
    }
}
