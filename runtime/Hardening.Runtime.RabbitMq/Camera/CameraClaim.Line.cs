using Hardening.Messaging;

namespace Hardening.Camera;

// What goes over the broker: the place in line, and the tokens.
internal sealed partial class CameraClaim
{
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private async Task JoinAsync(TokenPlace place, CancellationToken stop)
    {
        if (Run is not null || _context.Options.Preferred.Contains(Camera))
        {
            await TakePlaceAsync(place, stop).ConfigureAwait(false);
            return;
        }

        await _context.Turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            await Task.Delay(_context.Share.Wait(Camera), _context.Time, stop).ConfigureAwait(false);
            await TakePlaceAsync(place, stop).ConfigureAwait(false);
            await NewsAsync(_context.Options.JoinDelay, stop).ConfigureAwait(false); // if it is free it comes now
        }
        finally
        {
            _context.Turn.Release();
        }
    }

    private async Task TakePlaceAsync(TokenPlace place, CancellationToken stop)
    {
        while (Run is null && !_context.Share.HasRoom)
        {
            await Task.Delay(_context.Options.RenewEvery, _context.Time, stop).ConfigureAwait(false);
        }

        var session = await _context.Connection.SessionAsync(stop).ConfigureAwait(false);
        if (_hasLostPlace && !_hadCamera)
        {
            await Task.Delay(_context.Options.ReleaseAfter, _context.Time, stop).ConfigureAwait(false); // whoever ran it comes first
            session = await _context.Connection.SessionAsync(stop).ConfigureAwait(false);
        }

        Reap(); // that may have taken long
        WarnOfHeartbeat(session);
        _news.Reader.TryRead(out _);
        lock (_gate)
        {
            _place = place; // tokens may come before the call below returns
        }

        place.Line = await TokenLine.JoinAsync(session, TokenLine.QueueOf(_context.Name, Camera), (line, tag, token) => TakeAsync(place, line, tag, token), Tell, stop).ConfigureAwait(false);
        (_hasLostPlace, _hadCamera) = (false, false);
        _lease.Join();
        _context.Logger.InLine(_context.Host, _context.Name, Camera);
        if (Run is null)
        {
            await PutAsync(place.Line, default, stop).ConfigureAwait(false); // so that there is one; who has one removes it
        }
    }

    // A host that runs the camera keeps the newest of its own; of others, one is as good as another.
    private async Task TakeAsync(TokenPlace place, TokenLine line, ulong tag, OwnershipToken token)
    {
        ulong? superfluous;
        var isOwn = token.Instance == _context.Instance;
        var (begins, declines) = (false, false);
        var (before, wait) = Before(token, isOwn);
        lock (_gate)
        {
            if (place != _place || place.IsDeclined)
            {
                return; // goes back with the place
            }

            superfluous = place.Held is null ? null : isOwn ? place.Held : tag;
            place.Held = superfluous == tag ? place.Held : tag;
            _lease.Confirm();
            if (_run is null && !place.IsLeft)
            {
                begins = _context.Share.TryTake();
                place.IsDeclined = declines = !begins;
            }

            if (begins)
            {
                (_term, _former) = (Math.Max(_term, token.Term) + (isOwn ? 0 : 1), isOwn ? _former : token.Owner);
                _run = new OwnedRun(Camera, _context, _lease, token, wait, Tell);
            }
        }

        if (begins)
        {
            _context.Metrics.Acquired(Camera, before);
            _context.Logger.CameraAcquired(_context.Host, _context.Name, Camera, _term, before, token.Owner, wait);
        }
        else if (declines)
        {
            _context.Metrics.Declined(Camera);
            _context.Logger.CameraDeclined(_context.Host, _context.Name, Camera, _context.Share.Owned);
        }
        else if (token.IsReleased && isOwn)
        {
            place.Released.TrySetResult();
        }

        if (begins || declines)
        {
            Tell();
        }

        if (superfluous is { } other)
        {
            await line.RemoveAsync(other, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private (string Before, TimeSpan Wait) Before(OwnershipToken token, bool isOwn) =>
        token.Owner is null ? ("free", TimeSpan.Zero) : token.IsReleased ? ("released", TimeSpan.Zero) : ("lost", isOwn ? TimeSpan.Zero : _context.Options.ReleaseAfter);

    // The next one need not wait. It is no harm if it does: so nothing here is insisted on.
    private async Task SayGoodbyeAsync(TokenPlace place, TokenLine line, OwnedRun run)
    {
        using var limit = new CancellationTokenSource(GoodbyeLimit, _context.Time);
        var goodbye = PutAsync(line, Token(run.LastFrame, isReleased: true), limit.Token);
        await Task.WhenAll(goodbye, place.Released.Task.WaitAsync(limit.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void WarnOfHeartbeat(BrokerSession session)
    {
        if (session.Heartbeat > TimeSpan.Zero && session.Heartbeat < _context.Options.ReleaseAfter)
        {
            _context.Logger.OwnershipHeartbeatShort(session.Heartbeat, _context.Name, _context.Options.ReleaseAfter);
        }
    }

    private OwnershipToken Token(DateTimeOffset? lastFrame, bool isReleased) => new(_context.Host, _context.Instance, _term, lastFrame, isReleased);

    // While the broker takes no messages, one more waits for it, for no longer than the right would last.
    private async Task PutAsync(TokenLine line, OwnershipToken token, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_context.Options.ReleaseAfter, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await line.PutAsync(token, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && _context.IsBlocked)
        {
            // the lease knows
        }
    }
}
