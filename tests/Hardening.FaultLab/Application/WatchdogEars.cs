using Hardening.FaultLab.Judging;
using Hardening.FaultLab.Truth;
using Hardening.Stalls;
using SampleClock = Hardening.Stalls.Sampling.SampleClock;

namespace Hardening.FaultLab.Application;

/// <summary>What the watchdog told, and when.</summary>
internal sealed class WatchdogEars : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<ToldStall> _told = [];
    private readonly ManualResetEventSlim _probeStalled = new();
    private readonly ManualResetEventSlim _probeReported = new();

    public WatchdogEars(StallWatchdog watchdog, TimeProvider time)
    {
        _time = time;
        watchdog.StallDetected += (_, e) => Note(e, hasEnded: false);
        watchdog.StallEnded += (_, e) => Note(e, hasEnded: true);
        watchdog.StallReported += (_, e) => Note(e.Report);
    }

    /// <summary>Waits until the probe's stall was told.</summary>
    public void AwaitProbe(TimeSpan limit) => _probeStalled.Wait(limit);

    /// <summary>Waits until its end was reported, and that of all that stood still with it.</summary>
    public void AwaitProbeReport(TimeSpan limit) => _probeReported.Wait(limit);

    public IReadOnlyList<ToldStall> Take()
    {
        lock (_gate)
        {
            return [.. _told.Where(told => told.Activities[0] != Activities.Probe)];
        }
    }

    public void Dispose()
    {
        _probeStalled.Dispose();
        _probeReported.Dispose();
    }

    private void Note(StallEventArgs e, bool hasEnded)
    {
        var now = _time.Nanoseconds();
        lock (_gate)
        {
            _told.Add(new ToldStall { Id = "", Activities = [e.Heartbeat], Time = now, Start = When(e.StartedAt), HasEnded = hasEnded, Duration = e.Silence, NoticedAfter = hasEnded ? null : e.Silence });
        }

        if (e.Heartbeat == Activities.Probe && !hasEnded)
        {
            _probeStalled.Set();
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
            Duration = report.Duration,
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

        if (told.HasEnded && told.Activities.Contains(Activities.Probe))
        {
            _probeReported.Set();
        }
    }

    // The monotonic time of a time of day.
    private long When(DateTimeOffset moment)
    {
        var stamp = _time.GetTimestamp();
        return SampleClock.NanosecondsOf(_time, stamp) - (long)(SampleClock.UtcOf(_time, stamp) - moment).TotalNanoseconds;
    }
}
