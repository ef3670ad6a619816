using Hardening.Stalls;

namespace Hardening.Camera;

/// <summary>One camera at work: a thread that opens it, reads from it and closes it, so that the source needs no locks.</summary>
internal sealed class FrameCapture(IFrameSource source, int camera, FrameFlow flow, FramePipelineOptions options, FrameSourceContext context) : IDisposable
{
    public const int Edge = 0;

    private readonly TaskCompletionSource<FrameFormat> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _poolReady = new();
    private readonly FailureLog _noBuffer = new(flow.Time);
    private readonly FailureLog _gaps = new(flow.Time);
    private FramePool? _pool;
    private long _lastFrame;
    private Thread? _thread;

    /// <summary>Where frames go; set before the start.</summary>
    public required FrameStageRunner First { private get; init; }

    /// <summary>Called once, on the capture thread, when no frame will come any more.</summary>
    public required Action Finished { private get; init; }

    public string Name => source.Name;

    public int DriverBuffers => source.DriverBuffers;

    /// <summary>What the camera delivers, once it is open.</summary>
    public Task<FrameFormat> Opened => _opened.Task;

    /// <summary>Completes when the stream runs.</summary>
    public Task Started => _started.Task;

    public void Open()
    {
        _thread = new Thread(Run) { Name = source.Name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Lets the stream begin.</summary>
    public void Begin(FramePool pool)
    {
        _pool = pool;
        _poolReady.Set();
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

    private void Run()
    {
        Exception? failure = null;
        _lastFrame = flow.Time.GetTimestamp();
        try
        {
            var format = source.Open(context, _stop.Token);
            _opened.SetResult(format);
            if (_poolReady.Wait(options.OpenTimeout, _stop.Token))
            {
                source.Start(_pool!);
                flow.Ledgers[camera].Streaming(format.FrameRate);
                _started.SetResult();
                using var heartbeat = flow.Track(source.Name);
                Capture(SilenceLimit(format), heartbeat);
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

    private void Capture(TimeSpan silenceLimit, Heartbeat? heartbeat)
    {
        _lastFrame = flow.Time.GetTimestamp();
        var isSilent = false;
        while (!_stop.IsCancellationRequested)
        {
            var read = source.Read(options.ReadTimeout, _stop.Token);
            heartbeat?.Beat();
            switch (read.Status)
            {
                case FrameReadStatus.EndOfStream:
                    return;
                case FrameReadStatus.Timeout when !isSilent && flow.Time.GetElapsedTime(_lastFrame) > silenceLimit:
                    isSilent = true;
                    flow.Ledgers[camera].Silent(_lastFrame);
                    flow.Logger.CameraSilent(flow.Pipeline, source.Name, flow.Time.GetElapsedTime(_lastFrame));
                    break;
                case FrameReadStatus.Frame or FrameReadStatus.Dropped:
                    if (isSilent)
                    {
                        isSilent = false;
                        flow.Logger.CameraBack(flow.Pipeline, source.Name, flow.Time.GetElapsedTime(_lastFrame));
                    }

                    _lastFrame = flow.Time.GetTimestamp();
                    Take(read);
                    break;
            }
        }
    }

    private void Take(FrameRead read)
    {
        var info = read.Info;
        var lost = flow.Ledgers[camera].Received(info);
        if (lost > 0 && _gaps.ShouldLog(out var unloggedGaps))
        {
            flow.Logger.FramesLost(flow.Pipeline, source.Name, lost, info.Sequence, unloggedGaps);
        }

        if (read.Status == FrameReadStatus.Dropped)
        {
            flow.Ledgers[camera].Dropped(Edge, FrameDropReason.NoBuffer);
            if (_noBuffer.ShouldLog(out var unlogged))
            {
                flow.Logger.NoBuffer(flow.Pipeline, source.Name, info.Sequence, _pool!.DescribeHolders(), unlogged);
            }
        }
        else if (info.Status != FrameStatus.Complete && !options.DeliverIncomplete)
        {
            flow.Drop(camera, Edge, FrameDropReason.Incomplete, read.Lease);
        }
        else
        {
            First.Enqueue(camera, read.Lease.Transfer(flow.Pipeline));
        }
    }

    private TimeSpan SilenceLimit(FrameFormat format) =>
        format.FrameRate is { } rate && TimeSpan.FromSeconds(2 / rate) is var twoPeriods && twoPeriods > options.SilentAfter ? twoPeriods : options.SilentAfter;

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
