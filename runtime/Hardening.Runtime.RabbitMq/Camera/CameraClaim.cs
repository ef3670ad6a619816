using System.Threading.Channels;

namespace Hardening.Camera;

/// <summary>
/// One host's claim to one camera: it stands in line, runs the camera while the token is its, has that confirmed by sending the token round again and again, and stands in line anew when it has lost its place.
/// </summary>
internal sealed partial class CameraClaim : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly OwnershipContext _context;
    private readonly TokenLease _lease;
    private TokenPlace? _place;
    private OwnedRun? _run;
    private bool _hasLostPlace; // this and the next one: of the loop alone
    private bool _hadCamera;
    private string? _former;
    private long _term;

    public CameraClaim(string camera, OwnershipContext context)
    {
        (Camera, _context) = (camera, context);
        _lease = new TokenLease(context.Time, context.Options.ReleaseAfter, context.Options.KeepWhenBrokerIsLost);
    }

    public string Camera { get; }

    public CameraOwnershipStatus Status
    {
        get
        {
            OwnedRun? run;
            bool isInLine;
            long term;
            string? former;
            lock (_gate)
            {
                (run, isInLine, term, former) = (_run, _place is { Line.IsLost: false }, _term, _former);
            }

            var state = run is { Ended.IsCompleted: false } ? CameraOwnershipState.Owned : isInLine ? CameraOwnershipState.Waiting : CameraOwnershipState.Away;
            return new CameraOwnershipStatus(Camera, state, term, former, run?.Frames);
        }
    }

    /// <summary>Gives the camera up, if it is this host's. The next in line gets it; if there is none, this host again.</summary>
    public async Task<bool> ReleaseAsync(CancellationToken cancellationToken)
    {
        if (Run is not { Ended.IsCompleted: false } run)
        {
            return false;
        }

        run.Stop(OwnershipEnd.Asked);
        await run.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Claims the camera until it is told to stop; then nothing of it runs any more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var pause = _context.Options.RenewEvery;
            try
            {
                pause = await StandAsync(stop).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                if (!stop.IsCancellationRequested)
                {
                    _context.Logger.PlaceLost(e, _context.Host, _context.Name, Camera);
                    await NoteLossAsync().ConfigureAwait(false);
                }
            }

            await Task.Delay(pause, _context.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await EndRunAsync().ConfigureAwait(false);
        Reap();
    }

    /// <summary>To be called once it has been told to stop and does not run any more.</summary>
    public void Dispose() => _run?.Dispose();

    private OwnedRun? Run
    {
        get
        {
            lock (_gate)
            {
                return _run;
            }
        }
    }

    /// <returns>How long to wait before standing in line again.</returns>
    private async Task<TimeSpan> StandAsync(CancellationToken stop)
    {
        Reap();
        var place = new TokenPlace();
        try
        {
            await JoinAsync(place, stop).ConfigureAwait(false);
            while (!stop.IsCancellationRequested && !place.Line!.IsLost && !place.IsDeclined && Run is not { Ended.IsCompleted: true })
            {
                if (Run is { } run)
                {
                    await PutAsync(place.Line, Token(run.LastFrame, isReleased: false), stop).ConfigureAwait(false);
                }

                await NewsAsync(_context.Options.RenewEvery, stop).ConfigureAwait(false);
            }

            if (place.Line!.IsLost && !stop.IsCancellationRequested)
            {
                await NoteLossAsync().ConfigureAwait(false);
                _context.Logger.PlaceLost(null, _context.Host, _context.Name, Camera);
                return _context.Options.RenewEvery;
            }

            return _context.Options.ReleaseAfter; // the next one gets it first
        }
        finally
        {
            await LeaveAsync(place, stop).ConfigureAwait(false);
        }
    }

    private async Task LeaveAsync(TokenPlace place, CancellationToken stop)
    {
        lock (_gate)
        {
            place.IsLeft = true;
        }

        if (stop.IsCancellationRequested)
        {
            await EndRunAsync().ConfigureAwait(false);
        }

        if (place.Line is { } line)
        {
            if (place.Held is not null && Run is { Ended.IsCompleted: true, End: not OwnershipEnd.Lapsed } run && !line.IsLost)
            {
                await SayGoodbyeAsync(place, line, run).ConfigureAwait(false);
            }

            await line.DisposeAsync().ConfigureAwait(false);
        }

        _lease.Leave();
        lock (_gate)
        {
            _place = null;
        }

        Reap();
    }

    // A broker that stops closes one connection after another, and so gives the camera to the next in line for a moment: that one has not had it.
    private async Task NoteLossAsync()
    {
        var run = Run;
        (_hasLostPlace, _hadCamera) = (true, run is { HasBegun: true });
        if (run is { HasBegun: false })
        {
            run.Stop(OwnershipEnd.Lapsed);
            await run.Ended.ConfigureAwait(false);
        }
    }

    private async Task EndRunAsync()
    {
        if (Run is { } run)
        {
            run.Stop(OwnershipEnd.Stopping);
            await run.Ended.ConfigureAwait(false); // as long as a pipeline takes to stop, which is bounded
        }
    }

    private void Reap()
    {
        OwnedRun run;
        lock (_gate)
        {
            if (_run is not { Ended.IsCompleted: true } over)
            {
                return;
            }

            (run, _run) = (over, null);
            _lease.End();
        }

        run.Dispose();
        _context.Share.GiveBack();
    }

    private void Tell() => _news.Writer.TryWrite(true);

    private async Task NewsAsync(TimeSpan limit, CancellationToken stop)
    {
        using var tick = new CancellationTokenSource(limit, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tick.Token, stop);
        Task news = _news.Reader.ReadAsync(either.Token).AsTask();
        await news.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
