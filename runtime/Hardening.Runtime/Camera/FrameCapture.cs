namespace Hardening.Camera;

/// <summary>One camera at work: a thread that opens it, reads from it, opens it again when it breaks, and closes it, so that the source needs no locks.</summary>
internal sealed class FrameCapture(IFrameSource source, int camera, FrameFlow flow, FramePipelineOptions options, FrameSourceContext context) : IDisposable
{
    public const int Edge = 0;

    private readonly TaskCompletionSource<FrameFormat?> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _poolReady = new();
    private readonly FailureLog _noBuffer = new(flow.Time);
    private readonly FailureLog _gaps = new(flow.Time);
    private readonly FailureLog _attempts = new(flow.Time);
    private readonly ReconnectPauses _pauses = new(options.Reconnect);
    private FramePool? _pool;
    private int _share;
    private FrameFormat _format;
    private long _lastFrame;
    private long _silenceLimit; // in ticks of TimeSpan; 0 while no frame is expected
    private Thread? _thread;

    /// <summary>Where frames go; set before the start.</summary>
    public required FrameStageRunner First { private get; init; }

    /// <summary>Called once, on the capture thread, when no frame will come any more.</summary>
    public required Action Finished { private get; init; }

    public string Name => source.Name;

    public int DriverBuffers => source.DriverBuffers;

    /// <summary>What the camera delivers, once it is open; null when it is not there, and the pipeline starts without it.</summary>
    public Task<FrameFormat?> Opened => _opened.Task;

    /// <summary>Completes when the stream runs, or the pipeline starts without it.</summary>
    public Task Started => _started.Task;

    public void Open()
    {
        _thread = new Thread(Run) { Name = source.Name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Lets the stream begin.</summary>
    /// <param name="pool">Where frames lie.</param>
    /// <param name="share">How many frames of this camera may be out at once: what is more would take the buffers of others.</param>
    public void Begin(FramePool pool, int share)
    {
        (_pool, _share) = (pool, share);
        _poolReady.Set();
    }

    /// <summary>Notes a silence. Called on another thread too, since a driver's read may hang.</summary>
    public void LookForSilence()
    {
        var limit = Volatile.Read(ref _silenceLimit); // first: it is set once the last frame is that of this stream
        var last = Volatile.Read(ref _lastFrame);
        if (limit > 0 && flow.Time.GetElapsedTime(last) is var silence && silence.Ticks > limit && flow.Ledgers[camera].Silent(last))
        {
            flow.Logger.CameraSilent(flow.Pipeline, source.Name, silence);
        }
    }

    /// <summary>Asks the thread to end. Token callbacks may run meanwhile.</summary>
    public Task RequestStopAsync() => _stop.CancelAsync();

    /// <summary>Waits for the thread until a moment of the clock.</summary>
    public bool Join(Deadline deadline) => _thread is null || _thread.Join(deadline.Left);

    /// <summary>To be called when the thread has ended, or was never started: then the source, which the thread would have disposed, is disposed here.</summary>
    public void Dispose()
    {
        if (_thread is null)
        {
            flow.DisposeOf(source);
        }

        _stop.Dispose();
        _poolReady.Dispose();
    }

    private bool IsOpenedAgain => _started.Task.IsCompletedSuccessfully && options.Reconnect.Enabled && !_stop.IsCancellationRequested;

    private TimeSpan SilenceLimit =>
        _format.FrameRate is { } rate && TimeSpan.FromSeconds(2 / rate) is var twoPeriods && twoPeriods > options.SilentAfter ? twoPeriods : options.SilentAfter;

    private void Run()
    {
        Exception? failure = null;
        flow.Place(source.Name, options.CaptureThreads);
        NoteFrame(flow.Time.GetTimestamp());
        try
        {
            var isOpen = TryOpenFirst();
            if (_poolReady.Wait(options.OpenTimeout, _stop.Token))
            {
                CaptureUntilOver(isOpen);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // asked to end
        }
        catch (Exception e)
        {
            failure = e;
            flow.Logger.CameraFailed(e, flow.Pipeline, source.Name);
        }

        Volatile.Write(ref _silenceLimit, 0);
        if (failure is null)
        {
            flow.Ledgers[camera].Ended();
        }
        else
        {
            flow.Ledgers[camera].Failed(failure, _lastFrame);
        }

        Settle(failure);
        Finished();
        source.Stop();
        flow.DisposeOf(source);
    }

    private bool TryOpenFirst()
    {
        try
        {
            _format = source.Open(context, _stop.Token);
            _opened.SetResult(_format);
            return true;
        }
        catch (Exception e) when (options.Reconnect is { StartWithout: true, Enabled: true } && !_stop.IsCancellationRequested)
        {
            flow.Logger.CameraMissing(e, flow.Pipeline, source.Name);
            flow.Ledgers[camera].Reconnecting(e, _lastFrame);
            _opened.SetResult(null);
            _started.SetResult();
            return false;
        }
    }

    private void CaptureUntilOver(bool isOpen)
    {
        Exception? failure = null;
        while (true)
        {
            if (!isOpen)
            {
                WaitToReopen(failure);
            }

            try
            {
                _format = isOpen ? _format : source.Open(context, _stop.Token);
                if (!CaptureUntilSilent())
                {
                    return;
                }

                failure = null;
            }
            catch (Exception e) when (IsOpenedAgain)
            {
                failure = e;
            }

            Volatile.Write(ref _silenceLimit, 0);
            source.Stop();
            isOpen = false;
        }
    }

    /// <returns>Whether the camera is silent and shall be opened again; if not, it is over.</returns>
    private bool CaptureUntilSilent()
    {
        source.Start(_pool!);
        if (flow.Ledgers[camera].Streaming(_format))
        {
            flow.Logger.CameraBack(flow.Pipeline, source.Name, flow.Time.GetElapsedTime(_lastFrame));
        }

        _started.TrySetResult();
        var start = flow.Time.GetTimestamp();
        if (flow.Ledgers[camera].IsStreaming)
        {
            NoteFrame(flow.Time.GetTimestamp()); // the silence of one that was gone goes on from its last frame, until the next
        }

        var limit = SilenceLimit;
        Volatile.Write(ref _silenceLimit, _format.IsTriggered ? 0 : limit.Ticks);
        using var heartbeat = flow.Track(source.Name);
        while (!_stop.IsCancellationRequested)
        {
            var read = source.Read(options.ReadTimeout, _stop.Token);
            heartbeat?.Beat();
            switch (read.Status)
            {
                case FrameReadStatus.EndOfStream:
                    return false;
                case FrameReadStatus.Timeout when flow.Time.GetElapsedTime(Math.Max(start, _lastFrame)) > limit:
                    if (_format.IsTriggered)
                    {
                        _pauses.Reset(); // it has borne being open
                        break;
                    }

                    LookForSilence();
                    if (options.Reconnect is { Enabled: true, WhenSilent: true })
                    {
                        return true;
                    }

                    break;
                case FrameReadStatus.Frame or FrameReadStatus.Dropped:
                    Take(read);
                    break;
            }
        }

        return false;
    }

    private void WaitToReopen(Exception? failure)
    {
        flow.Ledgers[camera].Reconnecting(failure, _lastFrame);
        var pause = _pauses.Next();
        if (_attempts.ShouldLog(out var unlogged))
        {
            flow.Logger.CameraReconnecting(failure, flow.Pipeline, source.Name, flow.Time.GetElapsedTime(_lastFrame), pause, unlogged);
        }

        using var wait = new ClockWait(flow.Time);
        wait.Wait(pause, _stop.Token);
    }

    private void Take(FrameRead read)
    {
        var (info, now) = (read.Info, flow.Time.GetTimestamp());
        var lost = flow.Ledgers[camera].Received(info, now, out var wasOut);
        if (wasOut)
        {
            flow.Logger.CameraBack(flow.Pipeline, source.Name, flow.Time.GetElapsedTime(_lastFrame));
            _pauses.Reset();
        }

        NoteFrame(now);
        if (lost > 0 && _gaps.ShouldLog(out var unloggedGaps))
        {
            flow.Logger.FramesLost(flow.Pipeline, source.Name, lost, info.Sequence, unloggedGaps);
        }

        var span = flow.Tracing.Begin(camera, info);
        if (read.Status == FrameReadStatus.Dropped || !_pool!.TryCount(read.Lease.Handle, camera, _share))
        {
            read.Lease.Dispose();
            flow.Drop(camera, Edge, FrameDropReason.NoBuffer, span);
            if (_noBuffer.ShouldLog(out var unlogged))
            {
                flow.Logger.NoBuffer(flow.Pipeline, source.Name, info.Sequence, _pool!.DescribeHolders(), unlogged);
            }
        }
        else if (info.Status != FrameStatus.Complete && !options.DeliverIncomplete)
        {
            read.Lease.Dispose();
            flow.Drop(camera, Edge, FrameDropReason.Incomplete, span);
        }
        else
        {
            if (span is not null)
            {
                flow.Tracing.Keep(read.Lease, span);
            }

            First.Enqueue(camera, read.Lease.Transfer(flow.Pipeline));
        }
    }

    private void NoteFrame(long when) => Volatile.Write(ref _lastFrame, when);

    // Whoever waits for the camera to open or start must not wait for ever.
    private void Settle(Exception? failure)
    {
        if (failure is null)
        {
            _opened.TrySetCanceled();
            _started.TrySetCanceled();
        }
        else if (_opened.TrySetException(failure))
        {
            _started.TrySetCanceled();
        }
        else
        {
            _started.TrySetException(failure);
        }
    }
}
