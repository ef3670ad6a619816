namespace Hardening.Dashboard.Serving;

/// <summary>
/// What one browser is yet to be told. Bounded: of states the latest is kept, of stalls some; what a browser does not take in time is dropped and counted. Who has news never waits.
/// </summary>
internal sealed class Browser(DashboardMetrics metrics) : IDisposable
{
    /// <summary>How many stalls wait; the state has the last of them anyway.</summary>
    public const int MostStalls = 16;

    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _stalls = new(MostStalls);
    private readonly SemaphoreSlim _news = new(0, 1);
    private ReadOnlyMemory<byte>? _state;
    private bool _hasNews;
    private bool _isGone;

    public void OfferState(ReadOnlyMemory<byte> text)
    {
        lock (_gate)
        {
            if (_state is not null)
            {
                metrics.EventDropped();
            }

            _state = text;
            TellUnderLock();
        }
    }

    public void OfferStall(ReadOnlyMemory<byte> text)
    {
        lock (_gate)
        {
            if (_stalls.Count == MostStalls)
            {
                metrics.EventDropped();
                _stalls.Dequeue();
            }

            _stalls.Enqueue(text);
            TellUnderLock();
        }
    }

    /// <summary>The next text, stalls first; null when there was none for this long.</summary>
    public async Task<ReadOnlyMemory<byte>?> NextAsync(TimeSpan limit, CancellationToken stop)
    {
        if (!await _news.WaitAsync(limit, stop).ConfigureAwait(false))
        {
            return null;
        }

        lock (_gate)
        {
            _hasNews = false;
            ReadOnlyMemory<byte>? next = null;
            if (_stalls.TryDequeue(out var stall))
            {
                next = stall;
            }
            else
            {
                (next, _state) = (_state, null);
            }

            if (_stalls.Count > 0 || _state is not null)
            {
                TellUnderLock();
            }

            return next;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isGone = true;
        }

        _news.Dispose();
    }

    private void TellUnderLock()
    {
        if (!_hasNews && !_isGone)
        {
            _hasNews = true;
            _news.Release();
        }
    }
}
