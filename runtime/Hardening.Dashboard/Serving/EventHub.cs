using System.Text.Json;
using Hardening.Dashboard.State;
using Microsoft.Extensions.Logging;

namespace Hardening.Dashboard.Serving;

/// <summary>Tells all browsers what happens. Looks at nothing, and has no timer, while there is none.</summary>
internal sealed partial class EventHub
{
    private readonly HardeningDashboardOptions _options;
    private readonly StateFeed _feed;
    private readonly Action<bool> _look;
    private readonly DashboardMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private Browser[] _browsers = []; // a copy that is replaced
    private Task? _telling;

    /// <param name="options">Its limits.</param>
    /// <param name="feed">The state.</param>
    /// <param name="stalls">What stands still.</param>
    /// <param name="look">Told when somebody looks, and when nobody does any more.</param>
    /// <param name="metrics">Where it counts.</param>
    /// <param name="logger">Where it logs.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="stopping">The host stops: all streams end.</param>
    public EventHub(HardeningDashboardOptions options, StateFeed feed, StallLog stalls, Action<bool> look, DashboardMetrics metrics, ILogger logger, TimeProvider time, CancellationToken stopping)
    {
        (_options, _feed, _look, _metrics, _logger, _time, Stopping) = (options, feed, look, metrics, logger, time, stopping);
        stalls.Changed += TellStall;
    }

    /// <summary>The host stops.</summary>
    public CancellationToken Stopping { get; }

    public HardeningDashboardOptions Options => _options;

    /// <summary>A browser comes; <see cref="Leave"/> must follow. Null when there is no place.</summary>
    public Browser? TryJoin()
    {
        lock (_gate)
        {
            if (_browsers.Length < _options.MaxBrowsers)
            {
                var browser = new Browser(_metrics);
                _browsers = [.. _browsers, browser];
                _metrics.BrowserCame();
                _telling ??= Task.Run(TellAsync, CancellationToken.None);
                return browser;
            }
        }

        _metrics.BrowserRefused();
        return null;
    }

    public void Leave(Browser browser)
    {
        lock (_gate)
        {
            _browsers = [.. _browsers.Where(other => other != browser)];
            _metrics.BrowserWent();
        }
    }

    private async Task TellAsync()
    {
        _look(true);
        using var timer = new PeriodicTimer(_options.UpdateEvery, _time);
        var hasFailed = false;
        while (await NextTickAsync(timer).ConfigureAwait(false) && !IsOver())
        {
            try
            {
                var state = await _feed.GetAsync(_options.UpdateEvery / 2).ConfigureAwait(false);
                hasFailed = false;
                foreach (var browser in Volatile.Read(ref _browsers))
                {
                    browser.OfferState(state.Event);
                }
            }
            catch (Exception e)
            {
                if (!hasFailed)
                {
                    LogNotRead(e);
                }

                hasFailed = true;
            }
        }
    }

    // False when the host stops.
    private async Task<bool> NextTickAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private bool IsOver()
    {
        lock (_gate)
        {
            if (_browsers.Length > 0)
            {
                return false;
            }

            _telling = null;
        }

        _look(false);
        return true;
    }

    private void TellStall(StallState stall)
    {
        var browsers = Volatile.Read(ref _browsers);
        if (browsers.Length > 0)
        {
            var text = ServerSentEvent.Format("stall", JsonSerializer.SerializeToUtf8Bytes(stall, DashboardJson.Default.StallState));
            Array.ForEach(browsers, browser => browser.OfferStall(text));
        }
    }

    [LoggerMessage(6001, LogLevel.Error, "The state of the host could not be read, and browsers are not told of it until it can be.")]
    private partial void LogNotRead(Exception exception);
}
