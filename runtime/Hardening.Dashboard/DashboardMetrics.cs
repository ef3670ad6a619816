using System.Diagnostics.Metrics;

namespace Hardening.Dashboard;

/// <summary>What the dashboard itself counts.</summary>
internal sealed class DashboardMetrics : IDisposable
{
    private readonly Meter? _ownMeter;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _cut;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _made;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _denied;
    private int _browsers;
    private long _refusedSoFar;
    private long _cutSoFar;
    private long _droppedSoFar;

    /// <param name="meters">The host's; null for a meter of its own.</param>
    public DashboardMetrics(IMeterFactory? meters)
    {
        var meter = RuntimeMeter.Create(meters);
        _ownMeter = meters is null ? meter : null;
        meter.CreateObservableUpDownCounter("hardening.dashboard.browser.active", () => Browsers, "{browser}", "Browsers that are told what happens.");
        _refused = meter.CreateCounter<long>("hardening.dashboard.browser.refused", "{browser}", "Browsers that found no place.");
        _cut = meter.CreateCounter<long>("hardening.dashboard.browser.cut", "{browser}", "Browsers that were cut off, since they took nothing for too long.");
        _dropped = meter.CreateCounter<long>("hardening.dashboard.event.dropped", "{event}", "Events that a browser was not told, since it had not taken those before.");
        _made = meter.CreateCounter<long>("hardening.dashboard.picture.made", "{picture}", "Small pictures of frames that were made.");
        _failed = meter.CreateCounter<long>("hardening.dashboard.picture.failed", "{picture}", "Small pictures of frames that could not be made.");
        _denied = meter.CreateCounter<long>("hardening.dashboard.request.denied", "{request}", "Requests that came from elsewhere, while no authorization policy is given.");
    }

    public int Browsers => Volatile.Read(ref _browsers);

    public long Refused => Interlocked.Read(ref _refusedSoFar);

    public long Cut => Interlocked.Read(ref _cutSoFar);

    public long Dropped => Interlocked.Read(ref _droppedSoFar);

    public void BrowserCame() => Interlocked.Increment(ref _browsers);

    public void BrowserWent() => Interlocked.Decrement(ref _browsers);

    public void BrowserRefused() => Count(ref _refusedSoFar, _refused);

    public void BrowserCut() => Count(ref _cutSoFar, _cut);

    public void EventDropped() => Count(ref _droppedSoFar, _dropped);

    public void PictureMade() => _made.Add(1);

    public void PictureFailed() => _failed.Add(1);

    public void RequestDenied() => _denied.Add(1);

    public void Dispose() => _ownMeter?.Dispose();

    private static void Count(ref long soFar, Counter<long> counter)
    {
        Interlocked.Increment(ref soFar);
        counter.Add(1);
    }
}
