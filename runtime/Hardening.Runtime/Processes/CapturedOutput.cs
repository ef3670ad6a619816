namespace Hardening.Processes;

/// <summary>
/// What a child has written to one of its outputs and nobody has read yet, up to a limit. When that is reached the child is held back while there is a reader: one that has
/// read within the reader's timeout, or may still come. Else what comes takes the place of the oldest bytes, which are counted. One writer, the <see cref="OutputPump"/>; any number of
/// readers. <c>cut</c> is told of each loss, in bytes, by the writer.
/// </summary>
internal sealed partial class CapturedOutput(int capacity, TimeSpan readerTimeout, TimeProvider time, Action<int> cut) : IPumpedOutput
{
    private const int PipeBytes = 1 << 20; // what a pipe can be made to hold (pipe-max-size of proc_sys_fs(5)); most hold 64 KiB

    // A starter that wants to read begins right after the start; one that has not by then will hardly do so.
    private static readonly TimeSpan FirstRead = TimeSpan.FromSeconds(1);

    private readonly object _gate = new(); // a monitor: readers that block wait on it
    private readonly ByteRing _bytes = new(capacity);
    private bool _hasReader = true; // to come: a child may fill the buffer before its starter gets to read
    private bool _isRead;
    private bool _isHeld;
    private bool _isComplete;
    private long _cutBytes;
    private long _reads;
    private long _readsBefore;
    private TaskCompletionSource? _arrival; // readers wait for it
    private ITimer? _readerTimer;

    /// <summary>Called when the writer may go on after it was held back; by a reader, or by the reader's timeout.</summary>
    public Action Resume { get; set; } = static () => { };

    /// <summary>The writer is held back.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _isHeld;
            }
        }
    }

    /// <summary>How many of the oldest bytes were dropped.</summary>
    public long CutBytes => Interlocked.Read(ref _cutBytes);

    /// <summary>Moves with each read: a reader is at work.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>A reader begins or goes on, though it takes no bytes right now.</summary>
    public void NoteReader()
    {
        lock (_gate)
        {
            _hasReader = true;
            _isRead = true;
            _reads++;
        }
    }

    /// <summary>Nobody reads any more, until somebody does.</summary>
    public void NoteNoReader()
    {
        bool resumes;
        lock (_gate)
        {
            _hasReader = false;
            resumes = Release();
        }

        ResumeIf(resumes);
    }

    /// <summary>Nobody is left to be held back: a reader may take the rest of the pipe at his leisure, and those who wait for the end need not wait for him.</summary>
    public void NoteTreeEnded()
    {
        bool resumes;
        lock (_gate)
        {
            if (_hasReader)
            {
                _bytes.Enlarge(PipeBytes);
            }

            resumes = Release();
        }

        ResumeIf(resumes);
    }

    /// <summary>How many bytes the writer may bring, of those that it wants to. 0: it is held back, until <see cref="Resume"/>.</summary>
    public int Allow(int wanted)
    {
        lock (_gate)
        {
            if (!_hasReader)
            {
                return Math.Min(wanted, capacity);
            }

            if (_bytes.Room > 0)
            {
                return Math.Min(wanted, _bytes.Room);
            }

            _isHeld = true;
            _readsBefore = _reads;
            _readerTimer ??= time.CreateTimer(static output => ((CapturedOutput)output!).CheckReader(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _readerTimer.Change(_isRead || readerTimeout < FirstRead ? readerTimeout : FirstRead, Timeout.InfiniteTimeSpan);
            return 0;
        }
    }

    /// <summary>Adds what the child wrote, no more than was allowed; at the cost of the oldest bytes where there is no room.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        int lost;
        lock (_gate)
        {
            if (_isComplete)
            {
                return;
            }

            lost = Math.Max(0, bytes.Length - _bytes.Room);
            _bytes.Drop(lost);
            _bytes.Add(bytes);
            Interlocked.Add(ref _cutBytes, lost);
            Announce();
        }

        if (lost > 0)
        {
            cut(lost);
        }
    }

    /// <summary>Nothing follows: readers come to the end.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            _isHeld = false;
            _readerTimer?.Dispose();
            Announce();
        }
    }

    private void CheckReader()
    {
        bool resumes;
        lock (_gate)
        {
            if (_isHeld && _reads != _readsBefore)
            {
                _readsBefore = _reads;
                _readerTimer?.Change(readerTimeout, Timeout.InfiniteTimeSpan);
                return;
            }

            _hasReader &= !_isHeld;
            resumes = Release();
        }

        ResumeIf(resumes);
    }

    private bool Release()
    {
        var wasHeld = _isHeld;
        _isHeld = false;
        return wasHeld;
    }

    private void ResumeIf(bool resumes)
    {
        if (resumes)
        {
            Resume();
        }
    }

    private void Announce()
    {
        _arrival?.TrySetResult();
        _arrival = null;
        Monitor.PulseAll(_gate);
    }
}
