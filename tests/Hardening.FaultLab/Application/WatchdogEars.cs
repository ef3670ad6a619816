using Hardening.FaultLab.Judging;
using Hardening.FaultLab.Truth;
using Hardening.Stalls;

namespace Hardening.FaultLab.Application;

/// <summary>What the watchdog told, and when.</summary>
internal sealed class WatchdogEars
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<ToldStall> _told = [];

    public WatchdogEars(StallWatchdog watchdog, TimeProvider time)
    {
        _time = time;
        watchdog.StallDetected += (_, e) => Note(e, hasEnded: false);
        watchdog.StallEnded += (_, e) => Note(e, hasEnded: true);
        watchdog.StallReported += (_, e) => Note(e.Report);
    }

    /// <summary>Whether each stall that was told of is over, and its last report is there.</summary>
    public bool AllIsReported
    {
        get
        {
            lock (_gate)
            {
                var lastEvent = _told.FindLastIndex(told => !told.IsReport);
                return lastEvent < 0 || (_told[lastEvent].HasEnded && _told.FindIndex(lastEvent, told => told is { IsReport: true, HasEnded: true }) > 0);
            }
        }
    }

    public IReadOnlyList<ToldStall> Take()
    {
        lock (_gate)
        {
            return [.. _told];
        }
    }

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
