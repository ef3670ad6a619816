using Hardening.Stalls;

namespace Hardening.Dashboard.Tests.State;

/// <summary>Reports of stalls that never were.</summary>
internal static class TestReports
{
    public static StallReport Report(string id, string activity, bool hasEnded = true, int frames = 1) => new()
    {
        Id = id, StartedAt = DateTimeOffset.UnixEpoch, Duration = TimeSpan.FromSeconds(2), HasEnded = hasEnded, Headline = $"'{activity}' stood still for 2 s",
        Activities = [new StalledActivity { Kind = StalledActivityKind.Heartbeat, Name = activity, StallAfter = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromSeconds(2), HasEnded = hasEnded }],
        Verdict = new StallVerdict { Cause = StallCause.BlockedIO, Confidence = 0.9, Contributions = [], Shares = new StallShares(), Evidence = ["it was seen"] },
        Threads = [], Locks = [], Missing = [], Advice = [],
        Stacks = [new StackGroup([1], [.. Enumerable.Range(0, frames).Select(i => new ThreadStackFrame($"Method{i}"))])],
        Subject = new StallSubject { ProcessId = 1, Name = "test", Host = "host", Processors = 1, System = "Linux", Runtime = ".NET" },
    };
}
