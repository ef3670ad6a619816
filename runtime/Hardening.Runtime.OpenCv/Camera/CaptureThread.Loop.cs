using OpenCvSharp;

namespace Hardening.Camera;

/// <content>The thread's side.</content>
internal sealed partial class CaptureThread
{
    private long _next; // the number of the next frame

    private void Run()
    {
        VideoCapture? capture = null;
        FrameRetriever? retriever = null;
        Exception? failure = null;
        try
        {
            Reach();
            capture = OpenInTurn();
            Begin(Step.Open, _target.OpenLimit);
            if (!capture.IsOpened())
            {
                throw new FrameSourceException(_target.Name, $"OpenCV cannot open {_target.Description} by {_target.Backend} (camera '{_target.Name}'). Check that it is there, that its name and password are right, and that OpenCV was built with this backend.");
            }

            var format = _target.Configure(capture);
            retriever = new FrameRetriever(_target, format, _ledger);
            _ledger.Opened();
            Opened(format);
            if (WaitForStart(capture) is { } pool)
            {
                Stream(capture, retriever, pool, format);
            }
        }
        catch (Exception e)
        {
            failure = e; // the reader throws it
        }

        Ended(failure);
        try
        {
            retriever?.Dispose();
            capture?.Dispose();
        }
        catch (Exception e)
        {
            _source.LogNotClosed(e, _target.Name);
        }

        Finished();
    }

    private void Reach()
    {
        if (_target.Address is { } address && HostProbe.Ask(address, () => IsOver(out _)) is { } problem)
        {
            throw new FrameSourceException(_target.Name, $"Camera '{_target.Name}' ({_target.Description}): {problem}. Check that it is switched on, its address, and the network between.");
        }
    }

    private VideoCapture OpenInTurn()
    {
        var gate = OpenGate.Of(_target.Backend);
        Begin(Step.Queue, _target.Options.OpenQueueTimeout);
        while (!gate.TryEnter(_target.Name, Slice))
        {
            if (IsOver(out var call))
            {
                throw call is { } late ? Late(late) : new OperationCanceledException($"Camera '{_target.Name}' is not wanted any more."); // whoever of the two notices first says the same
            }
        }

        try
        {
            Begin(Step.Open, _target.OpenLimit);
            return _target.Open();
        }
        finally
        {
            gate.Leave();
        }
    }

    // A live stream is read and thrown away until somebody wants it: the first frame is then a new one, and nothing piles up on the way.
    private FramePool? WaitForStart(VideoCapture capture)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_isStopping || _pool is not null)
                {
                    return _isStopping ? null : _pool;
                }

                if (!_target.IsLive)
                {
                    Monitor.Wait(_gate, TimeSpan.FromSeconds(1));
                    continue;
                }
            }

            Begin(Step.Read, _target.ReadLimit);
            if (!capture.Grab())
            {
                throw Broken();
            }

            End();
        }
    }

    private void Stream(VideoCapture capture, FrameRetriever retriever, FramePool pool, FrameFormat format)
    {
        while (true)
        {
            Begin(Step.Read, _target.ReadLimit);
            var read = capture.Grab() ? retriever.Take(capture, pool, Describe(capture, format)) : null;
            if (read is null)
            {
                if (IsStopping)
                {
                    return;
                }

                if (_target.IsLive)
                {
                    throw Broken();
                }

                _source.LogEnded(_target.Name, _next, (long)capture.Get(VideoCaptureProperties.FrameCount));
                return;
            }

            End();
            _next++;
            if (!Offer(read.Value))
            {
                read.Value.Lease.Dispose();
                return;
            }
        }
    }

    private FrameInfo Describe(VideoCapture capture, FrameFormat format)
    {
        var milliseconds = capture.Get(VideoCaptureProperties.PosMsec);
        var hasTime = double.IsFinite(milliseconds) && milliseconds > 0;
        return new FrameInfo
        {
            Camera = _target.Name, Sequence = _next, HostTimestamp = _context.Time.GetTimestamp(),
            DeviceTimestamp = hasTime ? (ulong)(milliseconds * 1e6) : 0, DeviceClock = hasTime ? FrameClock.Device : FrameClock.None,
            Width = format.Width, Height = format.Height, PixelFormat = format.PixelFormat,
            Stride = format.PixelFormat.RowBytes(format.Width), Length = format.PayloadBytes,
        };
    }

    private bool Offer(FrameRead read)
    {
        lock (_gate)
        {
            while (_hasRead && !_isStopping)
            {
                Monitor.Wait(_gate, TimeSpan.FromSeconds(1));
            }

            if (!_isStopping)
            {
                (_read, _hasRead) = (read, true);
                Monitor.PulseAll(_gate);
            }

            return !_isStopping;
        }
    }

    private FrameSourceException Broken()
    {
        TimeSpan waited;
        lock (_gate)
        {
            waited = _context.Time.GetElapsedTime(_call.Since);
        }

        return new FrameSourceException(
            _target.Name,
            waited >= _target.Options.ReadTimeout
                ? $"Camera '{_target.Name}' ({_target.Description}) sent nothing for {_target.Options.ReadTimeout}, after {_next} frames."
                : $"The stream of camera '{_target.Name}' ({_target.Description}) broke after {_next} frames: OpenCV ({_target.Backend}) has no more.");
    }

    private bool IsStopping
    {
        get
        {
            lock (_gate)
            {
                return _isStopping;
            }
        }
    }

    // Stopping, or the call that is too late.
    private bool IsOver(out Call? late)
    {
        lock (_gate)
        {
            late = !_isStopping && _context.Time.GetElapsedTime(_call.Since) > _call.Limit ? _call : null;
            return _isStopping || late is not null;
        }
    }

    private void Begin(Step step, TimeSpan limit)
    {
        lock (_gate)
        {
            _call = new Call(step, _context.Time.GetTimestamp(), limit);
        }
    }

    private void End() => Begin(Step.None, TimeSpan.Zero);

    private void Opened(FrameFormat format)
    {
        lock (_gate)
        {
            (_format, _call) = (format, default);
            Monitor.PulseAll(_gate);
        }
    }

    // What is still in the mailbox is read before this.
    private void Ended(Exception? failure)
    {
        lock (_gate)
        {
            while (_hasRead && !_isStopping)
            {
                Monitor.Wait(_gate, TimeSpan.FromSeconds(1));
            }

            (_failure, _isEnded, _call) = (failure, failure is null, default);
            Monitor.PulseAll(_gate);
        }
    }

    private void Finished()
    {
        bool isAbandoned;
        lock (_gate)
        {
            _isFinished = true;
            isAbandoned = _isAbandoned;
            if (isAbandoned)
            {
                _ledger.CameBack();
            }

            Monitor.PulseAll(_gate);
        }

        if (isAbandoned)
        {
            _source.LogCameBack(_target.Name, _ledger.Hanging);
        }
    }
}
