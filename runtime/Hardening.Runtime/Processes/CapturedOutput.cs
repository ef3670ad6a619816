namespace Hardening.Processes;

/// <summary>
/// What a child has written to one of its outputs and nobody has read yet, up to a limit. What comes when that is reached waits while there is a reader, one that has read
/// within the reader's timeout; else it takes the place of the oldest bytes, which are counted. One writer, the <see cref="OutputPump"/>; any number of readers.
/// No chunk that is written may be larger than the limit. <c>cut</c> is told of each loss, in bytes, by the writer.
/// </summary>
internal sealed class CapturedOutput(int capacity, TimeSpan readerTimeout, TimeProvider time, Action<int> cut)
{
    private const int PipeBytes = 1 << 20; // what a pipe can be made to hold (pipe-max-size of proc_sys_fs(5)); most hold 64 KiB

    private readonly object _gate = new(); // a monitor: readers that block wait on it
    private readonly ByteRing _bytes = new(capacity);
    private bool _hasReader;
    private bool _isComplete;
    private long _cutBytes;
    private long _reads;
    private TaskCompletionSource? _arrival; // readers wait for it
    private TaskCompletionSource? _room; // the writer waits for it

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
            _reads++;
            _room?.TrySetResult(); // the time limit of the writer's wait begins anew
        }
    }

    /// <summary>Nobody reads any more, until somebody does.</summary>
    public void NoteNoReader()
    {
        lock (_gate)
        {
            _hasReader = false;
            _room?.TrySetResult();
        }
    }

    /// <summary>Nobody is left to be held back: a reader may take the rest of the pipe at his leisure, and those who wait for the end need not wait for him.</summary>
    public void NoteTreeEnded()
    {
        lock (_gate)
        {
            if (_hasReader)
            {
                _bytes.Enlarge(PipeBytes);
                _room?.TrySetResult();
            }
        }
    }

    /// <summary>Adds what the child wrote. Completes when all of it is kept, at the cost of the oldest if need be.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (Write(ref bytes) is { } room)
        {
            try
            {
                await room.WaitAsync(readerTimeout, time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                NoteNoReader();
            }
        }
    }

    /// <summary>Nothing follows: readers come to the end.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            Announce();
        }
    }

    /// <summary>Waits for bytes, and takes as many as there are and fit; 0 at the end.</summary>
    public int Read(Span<byte> bytes)
    {
        lock (_gate)
        {
            int taken;
            while ((taken = TryTake(bytes)) < 0)
            {
                Monitor.Wait(_gate, TimeSpan.FromSeconds(10)); // the end of the child ends it, or of its tree
            }

            return taken;
        }
    }

    /// <summary>As <see cref="Read"/>, without blocking a thread.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (TryTake(bytes.Span) is var taken and >= 0)
                {
                    return taken;
                }

                arrival = (_arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>All that is there now.</summary>
    public byte[] TakeAll()
    {
        lock (_gate)
        {
            var all = new byte[_bytes.Count];
            _bytes.Take(all);
            return all;
        }
    }

    // Negative: there is nothing yet.
    private int TryTake(Span<byte> bytes)
    {
        _hasReader = true;
        _reads++;
        if (_bytes.Count == 0 && !_isComplete && bytes.Length > 0)
        {
            return -1;
        }

        var taken = _bytes.Take(bytes);
        _room?.TrySetResult();
        return taken;
    }

    // What to wait for before the rest can be added; null when all of it is.
    private Task? Write(ref ReadOnlyMemory<byte> bytes)
    {
        int lost;
        lock (_gate)
        {
            var fits = Math.Min(bytes.Length, _bytes.Room);
            _bytes.Add(bytes.Span[..fits]);
            bytes = bytes[fits..];
            if (fits > 0)
            {
                Announce();
            }

            if (bytes.IsEmpty)
            {
                return null;
            }

            if (_hasReader)
            {
                return (_room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            lost = bytes.Length;
            _bytes.Drop(lost);
            _bytes.Add(bytes.Span);
            Interlocked.Add(ref _cutBytes, lost);
        }

        cut(lost);
        return null;
    }

    private void Announce()
    {
        _arrival?.TrySetResult();
        _arrival = null;
        Monitor.PulseAll(_gate);
    }
}
