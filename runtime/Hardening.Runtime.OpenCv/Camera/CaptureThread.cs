namespace Hardening.Camera;

/// <summary>
/// One VideoCapture from opening to closing, on a thread of its own: nobody else ever calls into it, so that it is never closed under a running call, which would end the
/// process. Whoever waits for it waits with a limit; when that is over the thread is left behind, and closes the capture itself once its call returns, if it does.
/// </summary>
/// <remarks>This part is the reader's side; it and the thread share what <see cref="_gate"/> guards, and nobody is called under it.</remarks>
internal sealed partial class CaptureThread
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    private readonly object _gate = new(); // waited on with Monitor, which allocates nothing
    private readonly OpenCvTarget _target;
    private readonly FrameSourceContext _context;
    private readonly CaptureLedger _ledger;
    private readonly OpenCvFrameSource _source;

    private Call _call;            // what the thread is in, and since when; for how long it may be
    private FrameFormat? _format;  // once it is open
    private FramePool? _pool;      // once it is started
    private FrameRead _read;       // the mailbox: one frame, or none
    private bool _hasRead;
    private Exception? _failure;   // how it ended, once it did; null and _isEnded: as it should
    private bool _isEnded;
    private bool _isStopping;
    private bool _isFinished;      // the thread is done, and the capture closed
    private bool _isAbandoned;

    public CaptureThread(OpenCvFrameSource source, OpenCvTarget target, FrameSourceContext context, CaptureLedger ledger) =>
        (_source, _target, _context, _ledger) = (source, target, context, ledger);

    private enum Step
    {
        None,
        Ask,
        Queue,
        Open,
        Read,
        Close,
    }

    /// <summary>Starts the thread, and waits until it has opened the capture.</summary>
    public FrameFormat Open(CancellationToken cancellationToken)
    {
        Begin(Step.Ask, _target.Options.OpenTimeout);
        new Thread(Run) { Name = $"opencv/{_target.Name}", IsBackground = true }.Start();
        var format = Await(Timeout.InfiniteTimeSpan, static thread => thread._format is not null, cancellationToken) ? _format : null;
        return format ?? throw new InvalidOperationException($"Camera '{_target.Name}' ended before it was open.");
    }

    /// <summary>Lets frames come.</summary>
    public void Start(FramePool pool)
    {
        lock (_gate)
        {
            _pool = pool;
            Monitor.PulseAll(_gate);
        }
    }

    public bool IsStarted
    {
        get
        {
            lock (_gate)
            {
                return _pool is not null;
            }
        }
    }

    public FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!Await(timeout, static thread => thread._hasRead || thread._isEnded, cancellationToken))
        {
            return FrameRead.Timeout;
        }

        lock (_gate)
        {
            if (!_hasRead)
            {
                return FrameRead.EndOfStream;
            }

            var read = _read;
            (_read, _hasRead) = (default, false);
            Monitor.PulseAll(_gate);
            return read;
        }
    }

    /// <summary>Asks the thread to end and waits for that, though not for long.</summary>
    public void Stop()
    {
        FrameRead unread;
        var start = _context.Time.GetTimestamp();
        lock (_gate)
        {
            _isStopping = true;
            (unread, _read, _hasRead) = (_read, default, false);
            Monitor.PulseAll(_gate);
        }

        unread.Lease.Dispose();
        lock (_gate)
        {
            while (!_isFinished && StopLimit - _context.Time.GetElapsedTime(start) is var left && left > TimeSpan.Zero && Monitor.Wait(_gate, left))
            {
                // pulsed for something else
            }
        }

        Abandon();
    }

    // Until it holds, or the time is over (false). A failure of the thread, and a call that takes too long, are thrown.
    private bool Await(TimeSpan timeout, Func<CaptureThread, bool> holds, CancellationToken cancellationToken)
    {
        var start = _context.Time.GetTimestamp();
        Call late;
        using (cancellationToken.UnsafeRegister(static thread => ((CaptureThread)thread!).Wake(), this))
        {
            lock (_gate)
            {
                while (true)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (holds(this))
                    {
                        return true;
                    }

                    if (_failure is { } failure)
                    {
                        throw failure as FrameSourceException ?? Failed(failure);
                    }

                    var left = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : timeout - _context.Time.GetElapsedTime(start);
                    var leftOfCall = _call.Step == Step.None ? TimeSpan.MaxValue : _call.Limit - _context.Time.GetElapsedTime(_call.Since);
                    if (leftOfCall <= TimeSpan.Zero)
                    {
                        late = _call;
                        break;
                    }

                    var wait = left < leftOfCall ? left : leftOfCall;
                    wait = wait < TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1);
                    if (left <= TimeSpan.Zero || (!Monitor.Wait(_gate, wait) && wait == left))
                    {
                        return holds(this);
                    }
                }
            }
        }

        Abandon();
        throw Late(late);
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void Abandon()
    {
        bool isAbandoned;
        lock (_gate)
        {
            isAbandoned = !_isFinished && !_isAbandoned;
            _isAbandoned |= isAbandoned;
            _isStopping = true;
            if (isAbandoned)
            {
                _ledger.Abandoned();
            }
        }

        if (isAbandoned)
        {
            _source.LogAbandoned(_target.Name, _ledger.Hanging, _target.Options.MaxAbandoned);
        }
    }

    private FrameSourceException Late(Call call) => new(
        _target.Name,
        call.Step switch
        {
            Step.Queue => $"Camera '{_target.Name}' ({_target.Description}) waited {call.Limit} for '{OpenGate.Of(_target.Backend).Holder ?? "another camera"}', which OpenCV was opening by {_target.Backend}, one at a time; give dead cameras a shorter {nameof(OpenCvFrameSourceOptions.OpenTimeout)}.",
            Step.Read => $"Camera '{_target.Name}' ({_target.Description}): OpenCV did not return from reading a frame within {call.Limit}; its capture is left to its thread. The camera or the way to it is silent.",
            _ => $"Camera '{_target.Name}' ({_target.Description}) could not be opened by {_target.Backend} within {call.Limit}; the attempt is left to its thread. Check that it is there and sends.",
        });

    private FrameSourceException Failed(Exception failure) =>
        new(_target.Name, $"Camera '{_target.Name}' ({_target.Description}) failed in OpenCV ({_target.Backend}): {failure.Message}", failure);

    private readonly record struct Call(Step Step, long Since, TimeSpan Limit);
}
