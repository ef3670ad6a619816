using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Reports;

/// <summary>Makes a report of a window and its verdict: finds locks, culprit, headline and advice. Pure.</summary>
internal static class StallReportBuilder
{
    public static StallReport Build(string id, DateTimeOffset startedAt, StallWindow window, StallVerdict verdict, StallSubject subject, IEnumerable<string> missing) => new()
    {
        Id = id,
        StartedAt = startedAt,
        Duration = TimeSpan.FromMicroseconds(window.StallDuration / 1000d),
        HasEnded = window.Activity.HasEnded,
        Headline = $"{window.Activity.Name}: {verdict.Cause}",
        Activities = [window.Activity, .. window.Others],
        Verdict = verdict,
        Threads = [],
        Locks = [],
        Stacks = [],
        Missing = [.. missing],
        Advice = [],
        Subject = subject,
    };
}
