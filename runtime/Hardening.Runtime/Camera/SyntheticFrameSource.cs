using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>
/// A camera that does not exist, and does not wait: it takes frames on an absolute schedule, its driver keeps the newest few for a reader that is
/// late, and older ones are lost and leave a gap in the numbers, as with a real one. For demonstrations, tests, and trying a pipeline at one's desk.
/// </summary>
public sealed class SyntheticFrameSource : IFrameSource
{
    private readonly SyntheticFrameSourceOptions _options;
    private FrameSourceContext? _context;
    private ClockWait? _wait;
    private FramePool? _pool;
    private int _readers;
    private long _start;   // the timestamp at which frame 0 is due
    private long _next;    // the number of the next frame
    private bool _hasStalled;
    private bool _hasBeenGone;
    private long? _goneSince;
    private bool _isDisposed;

    /// <summary>Makes a camera.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    public SyntheticFrameSource(SyntheticFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new SyntheticFrameSourceOptionsValidator().Validate(options.Name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(options.Name, typeof(SyntheticFrameSourceOptions), failed.Failures!);
        }

        _options = options;
        Scene = new SyntheticScene(options);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public int DriverBuffers => 0; // frames are drawn when they are read

    /// <summary>What the camera sees: the truth that results are checked against.</summary>
    public SyntheticScene Scene { get; }

    /// <inheritdoc/>
    public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.Faults.MissingAtStart && _context is null)
        {
            _goneSince = context.Time.GetTimestamp();
        }

        _context = context;
        if (_goneSince is { } since)
        {
            if (!(context.Time.GetElapsedTime(since) >= _options.Faults.GoneFor))
            {
                throw new FrameSourceException(Name, $"There is no camera '{Name}': it is told to be missing ({nameof(SyntheticFaults)}.{(_hasBeenGone ? nameof(SyntheticFaults.DisconnectBefore) : nameof(SyntheticFaults.MissingAtStart))}).");
            }

            (_goneSince, _next) = (null, 0);
        }

        return new FrameFormat(_options.Width, _options.Height, _options.PixelFormat, Scene.FrameBytes, _options.FrameRate);
    }

    /// <inheritdoc/>
    public void Start(FramePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var context = _context ?? throw new InvalidOperationException($"Camera '{Name}' is not open.");
        if (pool.SlotBytes < Scene.FrameBytes)
        {
            throw new FrameSourceException(Name, $"The buffers of the pool hold {pool.SlotBytes:N0} bytes, and a frame of camera '{Name}' has {Scene.FrameBytes:N0}.");
        }

        _wait ??= new ClockWait(context.Time);
        _start = context.Time.GetTimestamp() + Ticks(_options.Phase * PeriodSeconds);
        _pool = pool;
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
            var pool = _pool ?? throw new InvalidOperationException($"Camera '{Name}' is not started.");
            cancellationToken.ThrowIfCancellationRequested();
            return Read(pool, timeout, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _readers, 0);
        }
    }

    /// <inheritdoc/>
    public void Stop() => _pool = null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        Stop();
        _wait?.Dispose();
        _wait = null;
    }

    private double PeriodSeconds => 1 / (_options.FrameRate ?? double.PositiveInfinity);

    private TimeProvider Time => _context!.Time;

    private FrameRead Read(FramePool pool, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var faults = _options.Faults;
        SkipLost();
        if (_next >= _options.Frames)
        {
            return FrameRead.EndOfStream;
        }

        if (_goneSince is not null || (_next >= faults.DisconnectBefore && !_hasBeenGone))
        {
            _hasBeenGone = true;
            _goneSince ??= Time.GetTimestamp();
            throw new FrameSourceException(Name, $"Camera '{Name}' is gone: it was told to be from frame {faults.DisconnectBefore} on ({nameof(SyntheticFaults)}.{nameof(SyntheticFaults.DisconnectBefore)}).");
        }

        if (_next >= faults.StallBefore && !_hasStalled)
        {
            _hasStalled = true;
            _start += Ticks(faults.StallFor.TotalSeconds);
        }

        var due = DueAt(_next);
        var now = Time.GetTimestamp();
        if (due > now)
        {
            var left = Time.GetElapsedTime(now, due);
            _wait!.Wait(left < timeout ? left : timeout, cancellationToken);
            if (left > timeout)
            {
                return FrameRead.Timeout;
            }
        }

        return Take(pool, due);
    }

    // Frames that the driver has no room for any more, since nobody came in time; and those that never arrive.
    private void SkipLost()
    {
        if (_options.FrameRate is not null)
        {
            var taken = (long)Math.Floor(Time.GetElapsedTime(_start).TotalSeconds / PeriodSeconds) + 1;
            var mayNotSkip = Math.Min(_hasBeenGone ? long.MaxValue : _options.Faults.DisconnectBefore ?? long.MaxValue, _hasStalled ? long.MaxValue : _options.Faults.StallBefore ?? long.MaxValue);
            _next = Math.Max(_next, Math.Min(Math.Min(taken - _options.DriverQueue, mayNotSkip), _options.Frames ?? long.MaxValue));
        }

        while (Chance(_next, purpose: -1) < _options.Faults.Loss && !(_next >= _options.Frames))
        {
            _next++;
        }
    }

    private FrameRead Take(FramePool pool, long due)
    {
        var sequence = _next++;
        var isDamaged = Chance(sequence, purpose: -2) < _options.Faults.Corruption;
        var height = sequence >= _options.Faults.ShrinkFrom ? _options.Height / 2 : _options.Height;
        var stride = _options.Width * Scene.PixelBytes;
        var info = new FrameInfo
        {
            Camera = Name,
            Sequence = sequence,
            HostTimestamp = due,
            DeviceTimestamp = (ulong)Math.Max(Time.GetElapsedTime(_start, due).Ticks * 100, 0),
            DeviceClock = FrameClock.Device,
            Width = _options.Width,
            Height = height,
            Stride = stride,
            Length = stride * height,
            PixelFormat = _options.PixelFormat,
            Status = isDamaged ? FrameStatus.Incomplete : height != _options.Height ? FrameStatus.WrongSize : FrameStatus.Complete,
        };
        if (!pool.TryRent(Name, out var buffer))
        {
            return FrameRead.Dropped(info);
        }

        Scene.Render(sequence, buffer.Bytes);
        if (isDamaged)
        {
            buffer.Bytes[(info.Length / 2)..info.Length].Clear();
        }

        return FrameRead.Delivered(buffer.Publish(info));
    }

    private long DueAt(long frame) =>
        _options.FrameRate is null
            ? Time.GetTimestamp()
            : _start + Ticks((frame + (_options.Faults.Jitter * ((2 * Chance(frame, purpose: -3)) - 1))) * PeriodSeconds);

    private double Chance(long frame, int purpose) => (Scene.Draw(frame, purpose) >> 11) * (1.0 / (1UL << 53));

    private long Ticks(double seconds) => (long)(seconds * Time.TimestampFrequency);
}
