namespace Hardening.Camera;

/// <summary>A camera at work on the host that has the right to run it, for as long as that lasts. A camera that cannot be opened is tried again and again: the former host may still have it.</summary>
internal sealed class OwnedRun : IDisposable
{
    private static readonly TimeSpan LookForFirstFrame = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly string _camera;
    private readonly OwnershipContext _context;
    private readonly TokenLease _lease;
    private readonly OwnershipToken _former;
    private volatile FramePipeline? _pipeline;
    private long _lastFrame = long.MinValue; // in milliseconds, as tokens have it
    private int _end = -1;
    private volatile bool _hasBegun;
    private bool _hasFrames;

    /// <summary>Begins.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="context">What the host's cameras share.</param>
    /// <param name="lease">How long the right lasts.</param>
    /// <param name="former">What the former host said.</param>
    /// <param name="wait">How long the former host may still take to let go.</param>
    /// <param name="ended">Called at the end.</param>
    public OwnedRun(string camera, OwnershipContext context, TokenLease lease, OwnershipToken former, TimeSpan wait, Action ended)
    {
        (_camera, _context, _lease, _former) = (camera, context, lease, former);
        Ended = Task.Run(() => RunAsync(wait, ended));
    }

    /// <summary>Completes, always with success, when the camera is closed.</summary>
    public Task Ended { get; }

    /// <summary>Why it ends; null while it does not.</summary>
    public OwnershipEnd? End => Volatile.Read(ref _end) is >= 0 and var end ? (OwnershipEnd)end : null;

    /// <summary>Whether the camera may have been opened: not while the former host is waited for.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>When its last frame came, to within a renewal; that of the former host until there is one.</summary>
    public DateTimeOffset? LastFrame => Interlocked.Read(ref _lastFrame) is not long.MinValue and var last ? DateTimeOffset.FromUnixTimeMilliseconds(last) : _former.LastFrame;

    /// <summary>What became of its frames; null while the pipeline does not run.</summary>
    public FramePipelineStatistics? Frames => _pipeline?.GetStatistics();

    /// <summary>Ends it, without waiting. The first reason counts.</summary>
    public void Stop(OwnershipEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, -1) == -1)
        {
            _stop.Cancel();
        }
    }

    /// <summary>To be called once it has ended.</summary>
    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(TimeSpan wait, Action ended)
    {
        var watch = WatchLeaseAsync();
        try
        {
            await Task.Delay(wait, _context.Time, _stop.Token).ConfigureAwait(false);
            _hasBegun = true;
            await ServeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (_stop.IsCancellationRequested)
        {
            if (e is not OperationCanceledException)
            {
                _context.Logger.CameraNotClosed(e, _context.Host, _context.Name, _camera);
            }
        }

        await watch.ConfigureAwait(false);
        _context.Metrics.Ended(_camera, End!.Value);
        _context.Logger.CameraGivenUp(_context.Host, _context.Name, _camera, End!.Value);
        ended();
    }

    private async Task WatchLeaseAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_lease.IsLapsed(_context.IsBlocked))
            {
                _context.Logger.OwnershipLapsed(_context.Host, _context.Name, _camera, _context.Options.ReleaseAfter);
                Stop(OwnershipEnd.Lapsed);
            }

            await Task.Delay(_context.Options.ReleaseAfter / 20, _context.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync()
    {
        var trouble = _context.Time.GetTimestamp();
        var pause = _context.Reconnect.FirstDelay;
        while (!_stop.IsCancellationRequested)
        {
            Exception? failure = null;
            try
            {
                if (await TryRunAsync(trouble).ConfigureAwait(false))
                {
                    (trouble, pause) = (_context.Time.GetTimestamp(), _context.Reconnect.FirstDelay);
                }
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                failure = e;
            }

            if (_context.Time.GetElapsedTime(trouble) > _context.Options.PassOnAfter)
            {
                Stop(OwnershipEnd.PassedOn);
            }
            else if (!_stop.IsCancellationRequested)
            {
                _context.Logger.CameraNotRun(failure, _context.Host, _context.Name, _camera, pause);
                await Task.Delay(pause, _context.Time, _stop.Token).ConfigureAwait(false);
                pause = pause * 2 < _context.Reconnect.MaxDelay ? pause * 2 : _context.Reconnect.MaxDelay;
            }
        }
    }

    /// <returns>Whether there were frames.</returns>
    private async Task<bool> TryRunAsync(long trouble)
    {
        var pipeline = _context.Build(_camera);
        await using (pipeline.ConfigureAwait(false))
        {
            await pipeline.StartAsync(_stop.Token).ConfigureAwait(false);
            _pipeline = pipeline;
            try
            {
                return await WatchFramesAsync(pipeline, trouble).ConfigureAwait(false);
            }
            finally
            {
                _pipeline = null;
            }
        }
    }

    // Until the pipeline is over of itself, or the camera is out for so long that another host shall try.
    private async Task<bool> WatchFramesAsync(FramePipeline pipeline, long trouble)
    {
        var received = 0L;
        while (!pipeline.Completion.IsCompleted && !_stop.IsCancellationRequested)
        {
            var cameras = pipeline.GetStatistics().Cameras;
            var now = cameras.Sum(camera => camera.Received);
            if (now > received)
            {
                received = now;
                NoteFrame();
            }

            if (cameras.All(camera => camera.State is not (CameraState.Reconnecting or CameraState.Failed)))
            {
                trouble = _context.Time.GetTimestamp();
            }
            else if (_context.Time.GetElapsedTime(trouble) > _context.Options.PassOnAfter)
            {
                Stop(OwnershipEnd.PassedOn);
            }

            await Task.Delay(_hasFrames ? _context.Options.RenewEvery : LookForFirstFrame, _context.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return received > 0;
    }

    private void NoteFrame()
    {
        var now = _context.Time.GetUtcNow();
        Interlocked.Exchange(ref _lastFrame, now.ToUnixTimeMilliseconds());
        if (!_hasFrames)
        {
            _hasFrames = true;
            if (_former.LastFrame is { } last && _former.Instance != _context.Instance)
            {
                var gap = now > last ? now - last : TimeSpan.Zero; // the clocks of two hosts
                _context.Metrics.TakenOver(_camera, gap);
                _context.Logger.CameraTakenOver(_context.Name, _camera, gap, _former.Owner, _context.Host);
            }
        }
    }
}
