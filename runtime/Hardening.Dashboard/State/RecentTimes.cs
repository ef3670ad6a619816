using Hardening.Camera;

namespace Hardening.Dashboard.State;

/// <summary>How long things took in the last 10 s to 20 s. For any thread.</summary>
internal sealed class RecentTimes(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private LatencyHistogram _before = new();
    private LatencyHistogram _now = new();
    private long _turnedAt = time.GetTimestamp();

    public void Record(TimeSpan duration)
    {
        lock (_gate)
        {
            TurnUnderLock();
            _now.Record(duration);
        }
    }

    public LatencySummary Summarize()
    {
        var all = new LatencyHistogram();
        lock (_gate)
        {
            TurnUnderLock();
            all.Add(_before);
            all.Add(_now);
        }

        return all.Summarize();
    }

    private void TurnUnderLock()
    {
        var since = time.GetElapsedTime(_turnedAt);
        if (since >= Window)
        {
            _before = since >= 2 * Window ? new LatencyHistogram() : _now;
            _now = new LatencyHistogram();
            _turnedAt = time.GetTimestamp();
        }
    }
}
