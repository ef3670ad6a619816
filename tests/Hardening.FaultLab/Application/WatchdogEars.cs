using Hardening.FaultLab.Judging;
using Hardening.FaultLab.Truth;
using Hardening.Stalls;

namespace Hardening.FaultLab.Application;

/// <summary>What the watchdog told, and when.</summary>
internal sealed class WatchdogEars : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<ToldStall> _told = [];
    private readonly ManualResetEventSlim _probed = new();

    public WatchdogEars(StallWatchdog watchdog, TimeProvider time)
    {
        _time = time;
        watchdog.StallDetected += (_, e) => Note(e, hasEnded: false);
        watchdog.StallEnded += (_, e) => Note(e, hasEnded: true);
        watchdog.StallReported += (_, e) => Note(e.Report);
    }

    /// <summary>Waits until the probe's stall was reported.</summary>
    public void AwaitProbe(TimeSpan limit) => _probed.Wait(limit);

    public IReadOnlyList<ToldStall> Take()
    {
        lock (_gate)
        {
            return [.. _told.Where(told => told.Activities[0] != Activities.Probe)];
        }
    }

    public void Dispose() => _probed.Dispose();

    private void Note(StallEventArgs e, bool hasEnded)
    {
        var now = _time.Nanoseconds();
        lock (_gate)
        {
            _told.Add(new ToldStall { Id = "", Activities = [e.Heartbeat], Time = now, Start = When(e.StartedAt), HasEnded = hasEnded, NoticedAfter = hasEnded ? null : e.Silence });
        }
    }

    private void Note(StallReport report)
    {
        var now = _time.Nanoseconds();
        var told = new ToldStall
        {
            Id = report.Id,
            Activities = [.. report.Activities.Select(activity => activity.Name)],
            Time = now,
            NoticedAfter = report.DetectedAfter,
            Start = When(report.StartedAt),
            HasEnded = report.HasEnded,
            Verdict = report.Verdict,
            Headline = report.Headline,
            Culprit = report.Culprit,
            Locks = report.Locks,
            Missing = report.Missing,
            HasStacks = report.Stacks.Count > 0,
        };
        lock (_gate)
        {
            _told.Add(told);
        }

        if (told.Activities.Contains(Activities.Probe))
        {
            _probed.Set();
        }
    }

    // The two clocks are looked at together: in a storm a thread may be held up between them.
    private long When(DateTimeOffset moment)
    {
        const long together = 1_000_000;
        for (var look = 1; ; look++)
        {
            var (before, utc, after) = (_time.Nanoseconds(), _time.GetUtcNow(), _time.Nanoseconds());
            if (after - before < together || look == 8)
            {
                return before - (long)(utc - moment).TotalNanoseconds;
            }
        }
    }
}
