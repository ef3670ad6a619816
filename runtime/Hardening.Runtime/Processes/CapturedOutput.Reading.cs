namespace Hardening.Processes;

/// <content>The readers' side.</content>
internal sealed partial class CapturedOutput
{
    // A reader that works through what it has read ahead cannot be told from one that has stopped. A slow one gets less at a time, and so comes back in time.
    private const int SlowReaderBytes = 128;
    private static readonly TimeSpan SlowReader = TimeSpan.FromSeconds(1);

    private long _lastTake;

    /// <summary>Waits for bytes, and takes as many as there are and fit; 0 at the end.</summary>
    public int Read(Span<byte> bytes)
    {
        int taken;
        bool resumes;
        lock (_gate)
        {
            while ((taken = TryTake(bytes, out resumes)) < 0)
            {
                Monitor.Wait(_gate, TimeSpan.FromSeconds(10)); // the end of the child ends it, or of its tree
            }
        }

        ResumeIf(resumes);
        return taken;
    }

    /// <summary>As <see cref="Read"/>, without blocking a thread.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            int taken;
            bool resumes;
            var arrival = Task.CompletedTask;
            lock (_gate)
            {
                taken = TryTake(bytes.Span, out resumes);
                if (taken < 0)
                {
                    arrival = (_arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                }
            }

            ResumeIf(resumes);
            if (taken >= 0)
            {
                return taken;
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
    private int TryTake(Span<byte> bytes, out bool resumes)
    {
        _hasReader = true;
        _isRead = true;
        _reads++;
        resumes = false;
        if (_bytes.Count == 0 && !_isComplete && bytes.Length > 0)
        {
            return -1;
        }

        var now = time.GetTimestamp();
        var isSlow = time.GetElapsedTime(_lastTake, now) > SlowReader;
        _lastTake = now;
        var taken = _bytes.Take(isSlow && bytes.Length > SlowReaderBytes ? bytes[..SlowReaderBytes] : bytes);
        resumes = (_bytes.Count == 0 || _bytes.Room >= capacity / 4) && Release(); // not for each byte that is taken
        return taken;
    }
}
