using Hardening.Stalls;
using Inspection.Measuring;
using Inspection.Servers;

namespace Inspection.Timeline;

/// <summary>Notes what happens when: figures from the thread that follows the run, stalls from that of the watchdog.</summary>
internal sealed class TimelineRecorder(TimeProvider time)
{
    private const int MaxStalls = 500;
    private const int MaxSilences = 5_000;
    private static readonly TimeSpan LeastSecond = TimeSpan.FromMilliseconds(50); // a rate of less than that says nothing

    private readonly Lock _gate = new();
    private readonly List<SecondFigures> _seconds = [];
    private readonly Dictionary<string, StallReport> _stalls = []; // by id: a report is given again when its stall is over
    private readonly List<(string Camera, DateTimeOffset From, TimeSpan For)> _silences = [];
    private readonly Dictionary<string, DateTimeOffset> _silent = []; // cameras, and since when
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

    /// <summary>The reports of stalls that went on to the end, as long as they were by then: nobody reports that end. After <see cref="End"/>.</summary>
    public IReadOnlyList<StallReport> FindUnended()
    {
        lock (_gate)
        {
            var end = _end ?? time.GetUtcNow();
            return [.. _stalls.Values.Where(stall => !stall.HasEnded).Select(stall => stall with { Duration = end - stall.StartedAt })];
        }
    }

    /// <summary>A camera has no results, or has some again. From any thread.</summary>
    public void NoteSilence(string camera, StallEventArgs silence, bool hasEnded)
    {
        lock (_gate)
        {
            if (_end is not null)
            {
                return;
            }

            if (!hasEnded)
            {
                _silent[camera] = silence.StartedAt;
            }
            else if (_silent.Remove(camera) && _silences.Count < MaxSilences)
            {
                _silences.Add((camera, silence.StartedAt, silence.Silence));
            }
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

    /// <summary>What was noted. After <see cref="End"/>.</summary>
    public RunTimeline ToTimeline()
    {
        lock (_gate)
        {
            var (begin, end) = (_begin ?? DateTimeOffset.MinValue, _end ?? time.GetUtcNow());
            return new RunTimeline(
                [.. _seconds],
                [.. _silences.Concat(_silent.Select(open => (open.Key, open.Value, end - open.Value))).Select(silence => new CameraSilence(silence.Item1, At(silence.Item2), silence.Item3.TotalSeconds))],
                [.. _stalls.Values.OrderBy(stall => stall.StartedAt).ThenBy(stall => stall.Id, StringComparer.Ordinal).Select(Mark)],
                _leftOut);

            double At(DateTimeOffset moment) => Math.Max(0, (moment - begin).TotalSeconds); // the watch begins a moment before the run

            StallMark Mark(StallReport stall) => new(
                At(stall.StartedAt),
                (stall.HasEnded ? stall.Duration : end - stall.StartedAt).TotalSeconds,
                stall.HasEnded,
                stall.Verdict.Cause.ToString(),
                stall.Headline,
                [.. stall.Activities.Select(activity => activity.Name).Distinct(StringComparer.Ordinal)],
                stall.Id);
        }
    }
}
