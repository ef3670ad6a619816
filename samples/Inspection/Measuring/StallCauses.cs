using Hardening.Stalls;
using Inspection.Reporting;

namespace Inspection.Measuring;

/// <summary>What the watchdog's reports say, stalls of the same cause and statement together.</summary>
internal sealed class StallCauses
{
    private const int MaxShown = 8;
    private const int MaxKept = 1_000; // the watchdog writes 60 a minute at most

    private readonly Lock _gate = new();
    private readonly Dictionary<string, StallReport> _reports = []; // by id: a report is given again when its stall is over

    /// <summary>Takes a report, from any thread.</summary>
    public void Note(StallReport report)
    {
        lock (_gate)
        {
            if (_reports.Count < MaxKept || _reports.ContainsKey(report.Id))
            {
                _reports[report.Id] = report;
            }
        }
    }

    /// <summary>Those that name a statement first, of which one can begin to mend; then those that cost most time.</summary>
    public IReadOnlyList<StallSummary> Summarize()
    {
        lock (_gate)
        {
            return [.. _reports.Values
                .GroupBy(report => (report.Verdict.Cause, report.Culprit?.File, report.Culprit?.Line))
                .Select(group => (Longest: group.MaxBy(report => report.Duration)!, Count: group.Count(), Seconds: group.Sum(report => report.Duration.TotalSeconds)))
                .OrderByDescending(group => group.Longest.Culprit?.Line is not null)
                .ThenByDescending(group => group.Seconds)
                .Take(MaxShown)
                .Select(group => new StallSummary(group.Longest.Headline, group.Longest.Verdict.Cause.ToString(), group.Count, group.Seconds, group.Longest.Id))];
        }
    }
}
