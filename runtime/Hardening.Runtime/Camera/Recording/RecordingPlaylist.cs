using System.Runtime.InteropServices;

namespace Hardening.Camera.Recording;

/// <summary>The frames of several files, one after another, round after round if it is told so. Used by one thread; its counters may be read by any.</summary>
internal sealed class RecordingPlaylist(string camera, RecordingFrameSourceOptions options, FrameSourceContext context)
{
    private readonly FailureLog _damaged = new(context.Time);
    private readonly FailureLog _cutOff = new(context.Time);
    private readonly FailureLog _unreadable = new(context.Time);
    private IReadOnlyList<string> _paths = [];
    private RecordingFileReader? _reader;
    private int _next;
    private bool _hasRead;      // a frame of the present reader
    private long _roundFrames;
    private long _roundTime;    // from its first frame to its last, in nanoseconds
    private long _meanPeriod;   // of the round before
    private long? _lastTime;    // nanoseconds since 1970
    private long _lastSequence; // as it was given
    private long _sequenceShift;
    private long _skipped;
    private long _skippedBytes;
    private long _cutOffFiles;
    private long _unreadableFiles;

    public long Skipped => Volatile.Read(ref _skipped);

    public long SkippedBytes => Volatile.Read(ref _skippedBytes);

    public long CutOffFiles => Volatile.Read(ref _cutOffFiles);

    public long UnreadableFiles => Volatile.Read(ref _unreadableFiles);

    public void Unreadable() => Interlocked.Increment(ref _unreadableFiles);

    /// <summary>Begins with these files.</summary>
    public void Begin(IReadOnlyList<string> paths)
    {
        _paths = paths;
        (_reader, _next, _hasRead, _roundFrames, _roundTime, _meanPeriod, _lastTime, _lastSequence, _sequenceShift) = (null, 0, false, 0, 0, 0, null, -1, 0);
    }

    /// <summary>The next frame, whose reader the caller disposes once he has gone past its last one.</summary>
    /// <param name="entry">The frame, where it is, and how long after the one before.</param>
    public bool TryNext(out Entry entry)
    {
        while (_reader is not null || TryOpenNext())
        {
            if (TryRead(_reader!, out var frame))
            {
                var time = _reader!.Start + frame.HostTime;
                var isFirst = _roundFrames == 0;
                var pause = isFirst ? _meanPeriod : Math.Max(time - _lastTime!.Value, 0);
                if (isFirst)
                {
                    _sequenceShift = _lastSequence < 0 ? 0 : _lastSequence + 1 - frame.Sequence; // a new round: numbers go on
                    _roundTime = 0;
                }

                pause = Math.Min(pause, (long)(options.MaxPause.TotalSeconds * 1e9));
                _roundTime += isFirst ? 0 : pause;
                (_hasRead, _lastTime, _lastSequence) = (true, time, frame.Sequence + _sequenceShift);
                _roundFrames++;
                entry = new Entry(_reader, frame, _lastSequence, pause);
                return true;
            }

            Leave(_reader!);
            _reader = null;
        }

        entry = default;
        return false;
    }

    /// <summary>The file that is being read.</summary>
    public RecordingFileReader? Reader => _reader;

    private bool TryOpenNext()
    {
        while (true)
        {
            if (_next == _paths.Count)
            {
                if (!options.Repeat || _roundFrames == 0)
                {
                    return false;
                }

                _meanPeriod = _roundFrames > 1 ? _roundTime / (_roundFrames - 1) : 0;
                (_next, _roundFrames) = (0, 0);
            }

            var path = _paths[_next++];
            try
            {
                (_reader, _hasRead) = (RecordingFileReader.Open(path), false);
                return true;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                LeaveOut(path, e);
            }
        }
    }

    private bool TryRead(RecordingFileReader reader, out RecordedFrame frame)
    {
        try
        {
            return reader.TryNext(out frame);
        }
        catch (IOException e)
        {
            LeaveOut(reader.Path, e);
            frame = default;
            return false;
        }
    }

    private void Leave(RecordingFileReader reader)
    {
        if (reader.Skipped > 0 || reader.SkippedBytes > 0)
        {
            Interlocked.Add(ref _skipped, reader.Skipped);
            Interlocked.Add(ref _skippedBytes, reader.SkippedBytes);
            if (_damaged.ShouldLog(out var unlogged))
            {
                context.Logger.RecordingDamaged(camera, reader.Path, reader.Skipped, reader.SkippedBytes, unlogged);
            }
        }

        if (reader.Footer is null)
        {
            Interlocked.Increment(ref _cutOffFiles);
            if (_cutOff.ShouldLog(out var unlogged))
            {
                context.Logger.RecordingCutOff(camera, reader.Path, reader.CutOffBytes, unlogged);
            }
        }

        if (!_hasRead)
        {
            reader.Dispose(); // otherwise whoever has the last frame does
        }
    }

    private void LeaveOut(string path, Exception failure)
    {
        Unreadable();
        if (_unreadable.ShouldLog(out var unlogged))
        {
            context.Logger.RecordingUnreadable(failure, camera, path, unlogged);
        }
    }

    /// <summary>A frame that is to come.</summary>
    /// <param name="Reader">Its file.</param>
    /// <param name="Frame">Its header.</param>
    /// <param name="Sequence">The number that it is given with.</param>
    /// <param name="Pause">Nanoseconds after the frame before.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Entry(RecordingFileReader Reader, RecordedFrame Frame, long Sequence, long Pause);
}
