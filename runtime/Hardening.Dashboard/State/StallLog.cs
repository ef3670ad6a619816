using System.Globalization;
using System.Text.Json;
using Hardening.Stalls;

namespace Hardening.Dashboard.State;

/// <summary>The last stalls, and as many of their reports as there is room for. For any thread.</summary>
internal sealed class StallLog(TimeProvider time)
{
    /// <summary>How many stalls are told.</summary>
    public const int Most = 200;

    /// <summary>What the kept reports may weigh, in frames of stacks and the like: some 200 bytes each.</summary>
    private const int MostWeight = 200_000;

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = []; // the newest last
    private int _weight;
    private int _pending;

    /// <summary>A stall has begun, was explained, or is over. Raised on the watchdog's thread.</summary>
    public event Action<StallState>? Changed;

    /// <summary>The last ones, the newest first.</summary>
    public IReadOnlyList<StallState> Latest()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var latest = new List<StallState>(_entries.Count);
            for (var i = _entries.Count - 1; i >= 0; i--)
            {
                var state = _entries[i].State with { IsOver = _entries[i].State.IsOver || _entries[i].Watchdog is { IsWatching: false } };
                latest.Add(state.IsOver ? state : state with { Seconds = Math.Max(state.Seconds, (now - state.StartedAt).TotalSeconds) });
            }

            return latest;
        }
    }

    /// <summary>The report of a stall; null where there is none, or no longer.</summary>
    public StallReport? Find(string id)
    {
        lock (_gate)
        {
            return _entries.Find(entry => entry.State.Id == id)?.Report;
        }
    }

    public void Watch(StallWatchdog watchdog)
    {
        watchdog.StallDetected += (_, stall) => Detected(stall, watchdog);
        watchdog.StallEnded += (_, stall) => Ended(stall);
        watchdog.StallReported += (_, stall) => Reported(stall.Report, watchdog);
    }

    internal void Detected(StallEventArgs stall, StallWatchdog? watchdog = null)
    {
        StallState state;
        lock (_gate)
        {
            state = new StallState(
                string.Create(CultureInfo.InvariantCulture, $"pending-{++_pending}"), stall.StartedAt, stall.Silence.TotalSeconds, IsOver: false, Cause: null, Confidence: null,
                $"'{stall.Heartbeat}' stands still; the reasons are being looked for", [stall.Heartbeat], HasReport: false);
            AddUnderLock(new Entry(state, null, 0, watchdog));
        }

        Changed?.Invoke(state);
    }

    internal void Ended(StallEventArgs stall)
    {
        StallState? state = null;
        lock (_gate)
        {
            if (_entries.FindLastIndex(entry => entry.IsPendingOf(stall.Heartbeat)) is var index and >= 0)
            {
                state = _entries[index].State with { IsOver = true, Seconds = stall.Silence.TotalSeconds, Headline = $"'{stall.Heartbeat}' stood still; the reasons are being looked for" };
                _entries[index] = _entries[index] with { State = state };
            }
        }

        if (state is not null)
        {
            Changed?.Invoke(state);
        }
    }

    internal void Reported(StallReport report, StallWatchdog? watchdog = null)
    {
        string[] activities = [.. report.Activities.Select(activity => activity.Name)];
        var state = new StallState(
            report.Id, report.StartedAt, report.Duration.TotalSeconds, report.HasEnded, JsonNamingPolicy.CamelCase.ConvertName(report.Verdict.Cause.ToString()),
            double.IsFinite(report.Verdict.Confidence) ? report.Verdict.Confidence : 0, report.Headline, activities, HasReport: true);
        var weight = 1 + report.Threads.Count + report.Stacks.Sum(stack => 1 + stack.Frames.Count + stack.ThreadIds.Count);
        lock (_gate)
        {
            _entries.RemoveAll(entry => activities.Any(entry.IsPendingOf));
            _weight += weight;
            if (_entries.FindIndex(entry => entry.State.Id == report.Id) is var index and >= 0)
            {
                _weight -= _entries[index].Weight;
                _entries[index] = new Entry(state, report, weight, watchdog);
            }
            else
            {
                AddUnderLock(new Entry(state, report, weight, watchdog));
            }

            DropReportsUnderLock();
        }

        Changed?.Invoke(state);
    }

    private void AddUnderLock(Entry entry)
    {
        if (_entries.Count == Most)
        {
            _weight -= _entries[0].Weight;
            _entries.RemoveAt(0);
        }

        _entries.Add(entry);
    }

    // The newest one stays, whatever it weighs.
    private void DropReportsUnderLock()
    {
        for (var i = 0; i < _entries.Count - 1 && _weight > MostWeight; i++)
        {
            _weight -= _entries[i].Weight;
            _entries[i] = _entries[i] with { State = _entries[i].State with { HasReport = false }, Report = null, Weight = 0 };
        }
    }

    // A watchdog that is disposed tells of no end: what stood still is not known to do so any more.
    private sealed record Entry(StallState State, StallReport? Report, int Weight, StallWatchdog? Watchdog)
    {
        public bool IsPendingOf(string heartbeat) => Report is null && State.Cause is null && State.Activities[0] == heartbeat;
    }
}
