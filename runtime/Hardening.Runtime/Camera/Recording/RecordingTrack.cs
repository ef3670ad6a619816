namespace Hardening.Camera.Recording;

/// <summary>The files of one camera: begun, changed, closed and deleted by the sink's one writer thread. It bears whatever the disk does.</summary>
internal sealed class RecordingTrack(string camera, RecordingSinkOptions options, RecordingDisk disk, FrameSinkContext context)
{
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int MaxNameAttempts = 10_000;

    private readonly RecordingScratch _scratch = new();
    private readonly FailureLog _failures = new(context.Time);
    private readonly FailureLog _full = new(context.Time);
    private readonly long _startTimestamp = context.Time.GetTimestamp();
    private readonly DateTimeOffset _start = context.Time.GetUtcNow(); // one anchor for all files, so that the times of their frames go on from one to the next
    private RecordingFileWriter? _file;
    private DriveInfo? _drive;
    private long _fileStart; // nanoseconds after _start
    private long? _freeCheckedAt;
    private long? _flushedAt;
    private long? _pausedAt;
    private RecordingDropReason _pausedFor;
    private int _number;
    private int _files;
    private int _filesDeleted;
    private long _errors;

    public int Files => Volatile.Read(ref _files);

    public int FilesDeleted => Volatile.Read(ref _filesDeleted);

    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Writes a frame.</summary>
    /// <returns>Why not; null when it is written.</returns>
    public RecordingDropReason? Write(in Frame frame, out int bytes)
    {
        bytes = 0;
        if (_pausedAt is { } paused && context.Time.GetElapsedTime(paused) < options.RetryAfter)
        {
            return _pausedFor;
        }

        try
        {
            ref readonly var info = ref frame.Info;
            if (!HasSpace())
            {
                return Pause(RecordingDropReason.DiskFull);
            }

            var hostTime = Nanoseconds(info.HostTimestamp);
            if (_file is not { } file || !file.HasRoomFor(info.Length, options.MaxFileBytes))
            {
                Close();
                if (!MakeRoom())
                {
                    return Pause(RecordingDropReason.DiskFull);
                }

                file = _file = Begin(info, hostTime);
            }

            bytes = file.Append(info, frame.Pixels, hostTime - _fileStart);
            if (_pausedAt is not null)
            {
                _pausedAt = null;
                context.Logger.RecordingResumed(options.Name, camera);
            }

            FlushIfDue();
            return null;
        }
        catch (Exception e) // the writer thread serves all cameras: nothing may end it
        {
            return Fail(e);
        }
    }

    /// <summary>Makes the disk keep what was written, if it is time.</summary>
    public void Idle()
    {
        try
        {
            FlushIfDue();
        }
        catch (IOException e)
        {
            Fail(e);
        }
    }

    /// <summary>Closes the file that is being written.</summary>
    public void End()
    {
        try
        {
            Close();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e);
        }
    }

    private long Nanoseconds(long timestamp) =>
        (long)((Int128)(timestamp - _startTimestamp) * 1_000_000_000 / context.Time.TimestampFrequency);

    private bool HasSpace()
    {
        if (_freeCheckedAt is { } checkedAt && _pausedAt is null && context.Time.GetElapsedTime(checkedAt) < options.RetryAfter)
        {
            return true;
        }

        Directory.CreateDirectory(options.Directory);
        if (_file is { } file && !File.Exists(file.Path))
        {
            _file = null;
            file.Dispose();
            throw new FileNotFoundException($"The recording '{file.Path}' was deleted or moved while it was written; another one is begun.");
        }

        _drive ??= new DriveInfo(Path.GetFullPath(options.Directory));
        var free = disk.FreeBytes(_drive);
        if (free < options.MinFreeBytes)
        {
            if (_full.ShouldLog(out var unlogged))
            {
                context.Logger.DiskFull(options.Name, camera, free, options.Directory, options.MinFreeBytes, unlogged);
            }

            return false;
        }

        _freeCheckedAt = context.Time.GetTimestamp();
        return true;
    }

    // Deletes the oldest files until a whole new one is allowed.
    private bool MakeRoom()
    {
        if (options.MaxTotalBytes is not { } limit)
        {
            return true;
        }

        var total = 0L;
        var files = new List<(string Path, long Bytes)>();
        foreach (var (path, _) in RecordingFileName.In(options.Directory, camera))
        {
            if (new FileInfo(path) is { Exists: true } file)
            {
                files.Add((path, file.Length));
                total += file.Length;
            }
        }

        foreach (var (path, bytes) in files)
        {
            if (total + options.MaxFileBytes <= limit)
            {
                break;
            }

            if (RecordingDisk.TryDelete(path))
            {
                total -= bytes;
                Interlocked.Increment(ref _filesDeleted);
                context.Logger.RecordingDeleted(options.Name, path, camera);
            }
        }

        if (total + options.MaxFileBytes <= limit)
        {
            return true;
        }

        if (_failures.ShouldLog(out var unlogged))
        {
            context.Logger.RecordingFailed(
                new IOException($"The recordings of camera '{camera}' take {total:N0} bytes, which leaves no room for another file within {nameof(options.MaxTotalBytes)}, {limit:N0}; older ones cannot be deleted: they are open, or may not be written."),
                options.Name, camera, options.Directory, options.RetryAfter, unlogged);
        }

        return false;
    }

    private RecordingFileWriter Begin(in FrameInfo first, long hostTime)
    {
        var start = _start.UtcDateTime + new TimeSpan(hostTime / TimeSpan.NanosecondsPerTick);
        for (var attempt = 1; ; attempt++)
        {
            var path = Path.Combine(options.Directory, new RecordingFileName(camera, start, ++_number).ToString());
            if (File.Exists(path) && attempt < MaxNameAttempts)
            {
                continue; // of a run that began in the same second
            }

            var handle = disk.Create(path);
            Interlocked.Increment(ref _files);
            try
            {
                var unixNanoseconds = ((_start.UtcTicks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick) + hostTime;
                var file = new RecordingFileWriter(handle, path, unixNanoseconds, context.Time.TimestampFrequency, _number, first, _scratch);
                _fileStart = hostTime;
                _flushedAt = context.Time.GetTimestamp();
                context.Logger.RecordingBegun(options.Name, camera, path);
                return file;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
    }

    private void FlushIfDue()
    {
        if (_file is { IsDirty: true } file && options.FlushEvery is { } every && _flushedAt is { } last && context.Time.GetElapsedTime(last) >= every)
        {
            file.Flush(disk);
            _flushedAt = context.Time.GetTimestamp();
        }
    }

    private void Close()
    {
        if (_file is not { } file)
        {
            return;
        }

        _file = null;
        using (file)
        {
            file.Finish();
            if (options.FlushEvery is not null)
            {
                file.Flush(disk);
            }
        }
    }

    private RecordingDropReason Fail(Exception failure)
    {
        Interlocked.Increment(ref _errors);
        if (_failures.ShouldLog(out var unlogged))
        {
            context.Logger.RecordingFailed(failure, options.Name, camera, options.Directory, options.RetryAfter, unlogged);
        }

        try
        {
            Close(); // what the file has is whole; that it can be told so is tried
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _errors);
        }

        return Pause(failure is IOException { HResult: NoSpaceLeft } ? RecordingDropReason.DiskFull : RecordingDropReason.WriteFailed);
    }

    private RecordingDropReason Pause(RecordingDropReason reason)
    {
        _pausedAt = context.Time.GetTimestamp();
        return _pausedFor = reason;
    }
}
