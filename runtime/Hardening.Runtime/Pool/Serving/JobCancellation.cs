namespace Hardening.Pool.Serving;

/// <summary>The token of the job that runs. A job that does not ask for it pays for nothing but the time of its start, and that only where there is a soft limit.</summary>
internal sealed class JobCancellation(TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancelThread _thread = new();
    private CancellationTokenSource _source = new();
    private ulong _job;
    private ulong? _unwanted; // the last job that a Cancel was for; ids are never used twice
    private uint _softLimit; // ms; 0: none
    private long _start;
    private bool _isWatched;
    private bool _isSpent; // it is, or will be, cancelled: for no other job

    /// <summary>Told when a job with a soft limit is watched: who waits for it must be awake in time.</summary>
    public Action<TimeSpan> LimitAhead { get; set; } = static _ => { };

    public CancellationToken Token => _isWatched ? _source.Token : Watch();

    public TimeSpan? Remaining => _softLimit == 0 ? null : Left is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private TimeSpan Left => TimeSpan.FromMilliseconds(_softLimit) - time.GetElapsedTime(_start);

    public void Begin(ulong job, uint softLimit)
    {
        (_job, _softLimit) = (job, softLimit);
        if (softLimit != 0)
        {
            _start = time.GetTimestamp();
        }
    }

    public void End()
    {
        if (_isWatched)
        {
            EndWatch();
        }
    }

    /// <summary>The host does not want the job any more, which may run, be about to, or have ended.</summary>
    public void Cancel(ulong job)
    {
        lock (_gate)
        {
            _unwanted = job;
            if (!_isWatched || _isSpent || _job != job)
            {
                return;
            }

            Spend();
        }
    }

    /// <summary>Cancels the job that runs where its soft limit is over.</summary>
    /// <returns>When to look again; null when nothing is ahead.</returns>
    public TimeSpan? CheckLimit()
    {
        lock (_gate)
        {
            if (!_isWatched || _isSpent || _softLimit == 0)
            {
                return null;
            }

            if (Left is var left && left > TimeSpan.Zero)
            {
                return left;
            }

            Spend();
            return null;
        }
    }

    public void Dispose() => _source.Dispose();

    private void Spend()
    {
        _isSpent = true;
        _thread.Cancel(_source);
    }

    private CancellationToken Watch()
    {
        CancellationTokenSource source;
        bool isOver;
        lock (_gate)
        {
            _isWatched = true;
            source = _source;
            isOver = _unwanted == _job || (_softLimit != 0 && Left <= TimeSpan.Zero);
            _isSpent = isOver;
        }

        if (isOver)
        {
            source.Cancel(); // nobody has a callback on it yet
        }
        else if (_softLimit != 0)
        {
            LimitAhead(Left);
        }

        return source.Token;
    }

    private void EndWatch()
    {
        lock (_gate)
        {
            _isWatched = false;
            if (_isSpent || !_source.TryReset())
            {
                _source = new CancellationTokenSource(); // not disposed: the thread that cancels may be at it
                _isSpent = false;
            }
        }
    }
}
