using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>
/// A camera whose library calls back on a thread of its own. Derive, say how the library is opened, started, stopped and closed, and let its callback call
/// <see cref="Offer"/> (copies), <see cref="TryRent"/> and <see cref="Publish"/> (filled in place), or give it buffers to fill with <see cref="TryAnnounce"/> (no copy).
/// </summary>
/// <remarks>
/// <para>
/// What a callback calls never throws, allocates nothing, and takes a lock that others hold for well under a microsecond; it may come from any thread, at any time. A frame
/// that is given up is returned by <see cref="Read"/> as dropped, in its place in the order, or counted (<see cref="GetStatistics"/>).
/// </para>
/// <para>
/// The library itself is called on one thread, with a limit on each call. A call that hangs is left to it: what the library holds is not reused, the stream fails, and the camera can
/// be opened again once the call has returned, since a second one beside it would most likely hang as well.
/// </para>
/// </remarks>
public abstract partial class CallbackFrameSource : IFrameSource
{
    private readonly CallbackFrameSourceOptions _options;
    private readonly object _gate = new(); // no Lock: see FrameLedger
    private readonly CallbackQueue _queue;
    private readonly List<Filling> _out;   // buffers that the library fills
    private readonly DeviceThread _device;
    private FrameSourceContext? _context;
    private CancellationToken _token;      // of the last read
    private CancellationTokenRegistration _wake;
    private FramePool? _pool;
    private FrameFormat? _format;
    private Exception? _failure;
    private State _state;
    private int _session;
    private int _calls;   // that fill a buffer now
    private int _readers;
    private long _frames;
    private long _delivered;
    private long _refused;
    private long _invalid;
    private bool _isComplete;
    private bool _isDeviceOpen;
    private bool _isDisposed;

    /// <summary>Makes a camera, which calls no library before it is opened.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    protected CallbackFrameSource(CallbackFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new CallbackFrameSourceOptionsValidator().Validate(options.Name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(options.Name, typeof(CallbackFrameSourceOptions), failed.Failures!);
        }

        _options = options;
        _queue = new CallbackQueue(options.QueueFrames, options.Overflow);
        _out = new List<Filling>(options.FillBuffers);
        _device = new DeviceThread(options.Name + "/library");
    }

    private enum State
    {
        Stopped,
        Running,
        Stopping,
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public int DriverBuffers => _options.QueueFrames + _options.FillBuffers;

    /// <inheritdoc/>
    public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Stop();
        _context = context;
        _format = null;
        FrameFormat? format = null;
        Call(
            "open",
            () =>
            {
                CloseIfOpen();
                format = OpenDevice(context, cancellationToken);
                _isDeviceOpen = true;
            },
            late: CloseIfOpen,
            cancellationToken);
        _format = format;
        return format!.Value;
    }

    /// <inheritdoc/>
    public void Start(FramePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var format = _format ?? throw new InvalidOperationException($"Camera '{Name}' is not open.");
        if (pool.SlotBytes < format.PayloadBytes)
        {
            throw new FrameSourceException(Name, $"The buffers of the pool hold {pool.SlotBytes:N0} bytes, and a frame of camera '{Name}' has {format.PayloadBytes:N0}.");
        }

        Stop();
        lock (_gate)
        {
            // Callbacks may come before the library's call has returned.
            (_pool, _failure, _isComplete, _state) = (pool, null, false, State.Running);
            _session++;
        }

        try
        {
            Call("start", StartDevice, late: () =>
            {
                StopDevice();
                ReturnAnnounced();
            }, CancellationToken.None);
        }
        catch
        {
            EndSession(libraryHasStopped: !_device.IsBusy);
            throw;
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
            if (_token != cancellationToken)
            {
                _wake.Dispose(); // once for each token, and not for each read
                _wake = cancellationToken.UnsafeRegister(static source => ((CallbackFrameSource)source!).Wake(), this);
                _token = cancellationToken;
            }

            return Wait(timeout, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _readers, 0);
        }
    }

    /// <inheritdoc/>
    public void Stop()
    {
        lock (_gate)
        {
            if (_state != State.Running)
            {
                return;
            }

            _state = State.Stopping; // from here on, callbacks are refused
        }

        var hasStopped = false;
        try
        {
            hasStopped = _device.TryRun(StopDevice, _options.StopTimeout, late: ReturnAnnounced, CancellationToken.None);
            if (!hasStopped)
            {
                LogHangs(Name, "stop", _options.StopTimeout);
            }
        }
        catch (Exception e) // nobody could act on it: the stream is over in any case
        {
            LogFailed(e, Name, "stop");
        }

        EndSession(hasStopped);
    }

    /// <summary>What became of the frames that the library handed over since this source was made. From any thread.</summary>
    public CallbackStatistics GetStatistics()
    {
        lock (_gate)
        {
            return new CallbackStatistics
            {
                Frames = _frames,
                Delivered = _delivered,
                QueueFull = _queue.QueueFull,
                NoBuffer = _queue.NoBuffer,
                Discarded = _queue.Discarded,
                Waiting = _queue.Frames,
                Unreported = _queue.Unreported,
                Refused = _refused,
                Invalid = _invalid,
                HungCalls = _device.Hung,
                AbandonedBuffers = _out.Count(filling => filling.Session != _session || _state == State.Stopped),
            };
        }
    }

    /// <summary>Stops and closes the library, within its limits.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Stop();
        try
        {
            if (_isDeviceOpen && !_device.TryRun(CloseIfOpen, _options.CallTimeout, late: static () => { }, CancellationToken.None))
            {
                LogHangs(Name, "close", _options.CallTimeout);
            }
        }
        catch (Exception e) // nobody could act on it
        {
            LogFailed(e, Name, "close");
        }

        _device.End(CloseIfOpen);
        _wake.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens and configures the device. Called on the source's thread for the library, like the other three.</summary>
    /// <param name="context">Clock, log and meter of the pipeline.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the device will deliver, read back from it.</returns>
    /// <exception cref="FrameSourceException">There is no such device, it is in use, or it refuses a setting.</exception>
    protected abstract FrameFormat OpenDevice(FrameSourceContext context, CancellationToken cancellationToken);

    /// <summary>Announces buffers, if that is how the library works, registers the callback and starts the stream.</summary>
    protected abstract void StartDevice();

    /// <summary>Stops the stream. When this returns, the library writes to no announced buffer any more.</summary>
    protected abstract void StopDevice();

    /// <summary>Closes the device. Called before it is opened again, and at the end.</summary>
    protected abstract void CloseDevice();

    private FrameRead Wait(TimeSpan timeout, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            for (var isOver = false; ; isOver = !Monitor.Wait(_gate, timeout))
            {
                if (_state != State.Running)
                {
                    throw new InvalidOperationException($"Camera '{Name}' is not started.");
                }

                cancellationToken.ThrowIfCancellationRequested();
                if (_queue.TryTake(out var read))
                {
                    _delivered += read.Status == FrameReadStatus.Frame ? 1 : 0;
                    return read;
                }

                if (_failure is { } failure)
                {
                    throw failure as FrameSourceException ?? new FrameSourceException(Name, $"Camera '{Name}' is gone: {failure.Message}", failure);
                }

                if (_isComplete)
                {
                    return FrameRead.EndOfStream;
                }

                if (isOver)
                {
                    return FrameRead.Timeout;
                }
            }
        }
    }

    private void Call(string verb, Action work, Action late, CancellationToken cancellationToken)
    {
        var wasBusy = _device.IsBusy;
        try
        {
            if (!wasBusy && _device.TryRun(work, _options.CallTimeout, late, cancellationToken))
            {
                return;
            }
        }
        catch (Exception e) when (e is not (FrameSourceException or OperationCanceledException))
        {
            throw new FrameSourceException(Name, $"The library of camera '{Name}' did not {verb} it: {e.Message}", e);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new FrameSourceException(
            Name,
            wasBusy
                ? $"Camera '{Name}' cannot {verb}: an earlier call into its library has still not returned."
                : $"The library of camera '{Name}' did not {verb} it within {_options.CallTimeout}: the call is left to its thread. Check the device, or raise {nameof(CallbackFrameSourceOptions.CallTimeout)}.");
    }

    private void CloseIfOpen()
    {
        if (_isDeviceOpen)
        {
            _isDeviceOpen = false;
            CloseDevice();
        }
    }

    private void EndSession(bool libraryHasStopped)
    {
        var deadline = new Deadline(TimeProvider.System, _options.StopTimeout);
        lock (_gate)
        {
            _state = State.Stopping;
            if (libraryHasStopped)
            {
                ReturnAnnouncedUnderLock();
            }

            // Callbacks that came before the stop end now. Whoever still fills a buffer after that keeps it.
            while ((_calls > 0 || IsRentedUnderLock()) && deadline.Left > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, deadline.Left);
            }

            _queue.Clear();
            (_state, _pool) = (State.Stopped, null);
        }
    }

    private bool IsRentedUnderLock()
    {
        foreach (var filling in _out)
        {
            if (!filling.IsAnnounced && filling.Session == _session)
            {
                return true;
            }
        }

        return false;
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private ILogger Logger => _context?.Logger ?? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    private void LogHangs(string camera, string verb, TimeSpan limit) => Logger.LibraryHangs(camera, verb, limit);

    private void LogFailed(Exception failure, string camera, string verb) => Logger.LibraryFailed(failure, camera, verb);
}

internal static partial class CallbackLog
{
    [LoggerMessage(4270, LogLevel.Error, "The library of camera {Camera} did not {Verb} it within {Limit}: the call is left to its thread, and the buffers that the library holds are not reused.")]
    public static partial void LibraryHangs(this ILogger logger, string camera, string verb, TimeSpan limit);

    [LoggerMessage(4271, LogLevel.Error, "The library of camera {Camera} did not {Verb} it.")]
    public static partial void LibraryFailed(this ILogger logger, Exception exception, string camera, string verb);
}
