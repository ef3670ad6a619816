using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Hardening.Camera.Recording;

/// <summary>
/// Replays what a <see cref="RecordingSink"/> wrote: one file, or a directory's files of one camera in order. Frames keep their numbers, device timestamps, metadata and
/// status; their host timestamps are those of the replay. Damaged frames are delivered as <see cref="FrameStatus.Incomplete"/>, and what cannot be read is skipped and counted.
/// </summary>
/// <remarks>It begins with the first frame each time that it is opened. It is never taken for silent (<see cref="FrameFormat.IsTriggered"/>): a pause in a recording is part of it.</remarks>
public sealed class RecordingFrameSource : IFrameSource
{
    private readonly RecordingFrameSourceOptions _options;
    private readonly Queue<Upcoming> _ahead;
    private FrameSourceContext? _context;
    private FailureLog? _damagedLog;
    private RecordingFiles? _files;
    private RecordingPlaylist? _playlist;
    private RecordedMetadata? _metadata;
    private RecordingFileReader? _current; // of the frame that was taken last
    private ClockWait? _wait;
    private FramePool? _pool;
    private RecordingReadStatistics _past = None;
    private int _readers;
    private long _lastDue;
    private long _frames;
    private long _damaged;
    private long _late;
    private bool _isDisposed;

    /// <summary>Makes a source, which reads nothing before it is opened.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    public RecordingFrameSource(RecordingFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new RecordingFrameSourceOptionsValidator().Validate(options.Name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(options.Name ?? "", typeof(RecordingFrameSourceOptions), failed.Failures!);
        }

        _options = options;
        _ahead = new Queue<Upcoming>(options.DriverQueue + 1);
        Name = options.Name ?? options.Camera ?? "recording";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int DriverBuffers => 0; // frames are read from the file when they are asked for

    /// <inheritdoc/>
    public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Stop();
        _past = GetStatistics();
        (_context, _damagedLog) = (context, new FailureLog(context.Time));
        _playlist = new RecordingPlaylist(Name, _options, context);
        _files = RecordingFiles.Find(_options, Name, context, _playlist.Unreadable, cancellationToken);
        return _files.Format;
    }

    /// <inheritdoc/>
    public void Start(FramePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var files = _files ?? throw new InvalidOperationException($"Camera '{Name}' is not open.");
        if (pool.SlotBytes < files.Format.PayloadBytes)
        {
            throw new FrameSourceException(Name, $"The buffers of the pool hold {pool.SlotBytes:N0} bytes, and the largest frame of camera '{Name}' has {files.Format.PayloadBytes:N0}.");
        }

        Stop();
        _wait ??= new ClockWait(_context!.Time);
        _metadata = new RecordedMetadata(pool.Slots);
        _playlist!.Begin(files.Paths);
        _lastDue = _context!.Time.GetTimestamp();
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
    public void Stop()
    {
        _pool = null;
        while (_ahead.TryDequeue(out var upcoming))
        {
            upcoming.Entry.Reader.Dispose(); // more than once does no harm
        }

        _playlist?.Reader?.Dispose();
        _current?.Dispose();
        _current = null;
    }

    /// <summary>What was read so far, and what could not be. From any thread.</summary>
    public RecordingReadStatistics GetStatistics() => _past with
    {
        Frames = Volatile.Read(ref _frames),
        Damaged = Volatile.Read(ref _damaged),
        Late = Volatile.Read(ref _late),
        Skipped = _past.Skipped + (_playlist?.Skipped ?? 0),
        SkippedBytes = _past.SkippedBytes + (_playlist?.SkippedBytes ?? 0),
        CutOffFiles = _past.CutOffFiles + (_playlist?.CutOffFiles ?? 0),
        UnreadableFiles = _past.UnreadableFiles + (_playlist?.UnreadableFiles ?? 0),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        Stop();
        _wait?.Dispose();
        _wait = null;
    }

    private static RecordingReadStatistics None { get; } =
        new() { Frames = 0, Damaged = 0, Skipped = 0, SkippedBytes = 0, Late = 0, CutOffFiles = 0, UnreadableFiles = 0 };

    private TimeProvider Time => _context!.Time;

    private bool IsPaced => _options.Pace == RecordingPace.AsRecorded;

    private FrameRead Read(FramePool pool, TimeSpan timeout, CancellationToken cancellationToken)
    {
        LookAhead(IsPaced ? _options.DriverQueue + 1 : 1);
        if (!_ahead.TryPeek(out var next))
        {
            return FrameRead.EndOfStream;
        }

        if (IsPaced && Time.GetTimestamp() is var now && next.Due > now)
        {
            var left = Time.GetElapsedTime(now, next.Due);
            _wait!.Wait(left < timeout ? left : timeout, cancellationToken);
            if (left > timeout)
            {
                return FrameRead.Timeout;
            }
        }

        _ahead.Dequeue();
        return Take(pool, next);
    }

    // The queue has one more than the driver would keep: when that one is due too, the oldest is lost.
    private void LookAhead(int count)
    {
        var now = Time.GetTimestamp();
        while (true)
        {
            while (_ahead.Count < count && _playlist!.TryNext(out var entry))
            {
                _lastDue += (long)((Int128)entry.Pause * Time.TimestampFrequency / 1_000_000_000);
                _ahead.Enqueue(new Upcoming(entry, _lastDue));
            }

            if (!IsPaced || _ahead.Count < count || _lastDue > now)
            {
                return;
            }

            GoOnTo(_ahead.Dequeue().Entry.Reader);
            Interlocked.Increment(ref _late);
        }
    }

    private void GoOnTo(RecordingFileReader reader)
    {
        if (_current != reader)
        {
            _current?.Dispose();
            _current = reader;
        }
    }

    private FrameRead Take(FramePool pool, Upcoming upcoming)
    {
        var (reader, frame, sequence, _) = upcoming.Entry;
        GoOnTo(reader);
        Interlocked.Increment(ref _frames);
        var info = new FrameInfo
        {
            Camera = Name,
            Sequence = sequence,
            HostTimestamp = IsPaced ? upcoming.Due : Time.GetTimestamp(),
            DeviceTimestamp = frame.DeviceTimestamp,
            DeviceClock = frame.DeviceClock,
            Width = frame.Width,
            Height = frame.Height,
            Stride = frame.Stride,
            Length = frame.PixelBytes,
            PixelFormat = frame.PixelFormat,
            Status = frame.Status,
        };
        if (frame.PixelBytes > pool.SlotBytes || !pool.TryRent(Name, out var buffer))
        {
            return FrameRead.Dropped(info);
        }

        if (!reader.ReadPixels(frame, buffer.Bytes))
        {
            info = info with { Status = FrameStatus.Incomplete };
            Interlocked.Increment(ref _damaged);
            if (_damagedLog!.ShouldLog(out var unlogged))
            {
                _context!.Logger.RecordedFrameDamaged(Name, sequence, reader.Path, unlogged);
            }
        }

        if (frame.MetadataCount > 0)
        {
            info = info with { Metadata = _metadata!.Read(buffer.Slot, frame.MetadataCount, reader.ReadMetadata(frame)) };
        }

        return FrameRead.Delivered(buffer.Publish(info));
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Upcoming(RecordingPlaylist.Entry Entry, long Due);
}
