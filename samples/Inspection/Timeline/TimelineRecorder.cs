using Hardening.Stalls;
using Inspection.Measuring;
using Inspection.Servers;

namespace Inspection.Timeline;

/// <summary>Notes what happens when: figures from the thread that follows the run, stalls from that of the watchdog.</summary>
internal sealed class TimelineRecorder(TimeProvider time)
{
    private const int MaxStalls = 500;
    private static readonly TimeSpan LeastSecond = TimeSpan.FromMilliseconds(50); // a rate of less than that says nothing

    private readonly Lock _gate = new();
    private readonly List<SecondFigures> _seconds = [];
    private readonly Dictionary<string, StallReport> _stalls = []; // by id: a report is given again when its stall is over
    private DateTimeOffset? _begin;
    private DateTimeOffset? _end;
    private TimeSpan _until;
    private (long Results, long Lost, long Dropped, long Missed)[] _before = [];
    private int _leftOut;

    /// <summary>The run begins now: each camera has what it has by now.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _begin = time.GetUtcNow();
        }
    }

    /// <summary>The run is over: what stands still from now on does as it is told.</summary>
    public void End()
    {
        lock (_gate)
        {
            _end = time.GetUtcNow();
        }
    }

    /// <summary>Takes a report, from any thread.</summary>
    /// <returns>Whether it is about the run, and not about what came after.</returns>
    public bool Note(StallReport report)
    {
        lock (_gate)
        {
            if (_stalls.ContainsKey(report.Id))
            {
                _stalls[report.Id] = report;
                return true;
            }

            if (report.StartedAt + report.DetectedAfter > _end)
            {
                return false;
            }

            if (_stalls.Count < MaxStalls)
            {
                _stalls.Add(report.Id, report);
            }
            else
            {
                _leftOut += report.HasEnded ? 1 : 0; // each ends once
            }

            return true;
        }
    }

    /// <summary>Takes the figures up to now.</summary>
    public void Sample(TimeSpan elapsed, IReadOnlyList<CameraAccount> accounts, IReadOnlyList<CameraResults> results)
    {
        var length = elapsed - _until;
        if (length < LeastSecond)
        {
            return;
        }

        var now = accounts.Zip(results, (account, result) => (result.Results, account.Lost, account.Dropped, account.Missed)).ToArray();
        if (_before.Length != now.Length)
        {
            _before = new (long, long, long, long)[now.Length];
        }

        var cameras = now.Zip(_before, (after, before) => new CameraSecond(
            (after.Results - before.Results) / length.TotalSeconds, after.Lost - before.Lost, after.Dropped - before.Dropped, Math.Max(0, after.Missed - before.Missed)));
        lock (_gate)
        {
            _seconds.Add(new SecondFigures(elapsed.TotalSeconds, length.TotalSeconds, [.. cameras]));
        }

        (_until, _before) = (elapsed, now);
    }

    public RunTimeline ToTimeline()
    {
        lock (_gate)
        {
            var begin = _begin ?? DateTimeOffset.MinValue;
            return new RunTimeline(
                [.. _seconds],
                [
                    .. from stall in _stalls.Values
                       orderby stall.StartedAt, stall.Id
                       let activities = stall.Activities.Select(activity => activity.Name).Distinct(StringComparer.Ordinal)
                       select new StallMark((stall.StartedAt - begin).TotalSeconds, stall.Duration.TotalSeconds, stall.HasEnded, stall.Verdict.Cause.ToString(), stall.Headline, [.. activities], stall.Id),
                ],
                _leftOut);
        }
    }
}
