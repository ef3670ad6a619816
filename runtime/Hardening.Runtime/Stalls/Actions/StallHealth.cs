using System.Collections.Immutable;

namespace Hardening.Stalls.Actions;

/// <summary>What the health check tells. Written by the watchdog and its analyst, read by whoever asks; nobody waits for anybody: what is known is one value that is replaced as a whole.</summary>
internal sealed class StallHealth(TimeProvider time, TimeSpan degradedFor)
{
    private Known _known = Known.Nothing;
    private long _lookedAt;

    /// <summary>What is known now.</summary>
    public Known Present => Volatile.Read(ref _known);

    /// <summary>How long ago the watchdog looked; null when it never has.</summary>
    public TimeSpan? SinceLook => Volatile.Read(ref _lookedAt) is var at and not 0 ? time.GetElapsedTime(at) : null;

    /// <summary>Whether the last stall is still worth telling.</summary>
    public bool IsRecent(PastStall stall) => time.GetElapsedTime(stall.EndedAt) < degradedFor;

    /// <summary>The watchdog has looked. To be called at each check, by its thread; allocates nothing.</summary>
    public void Looked() => Volatile.Write(ref _lookedAt, time.GetTimestamp());

    /// <summary>An activity stands still. By the watchdog's thread.</summary>
    /// <param name="key">What tells it from others of its name: its heartbeat.</param>
    /// <param name="activity">What is known of it.</param>
    /// <param name="isCritical">Whether the application is of no use meanwhile.</param>
    public void Stalled(object key, StalledActivity activity, bool isCritical)
    {
        var stall = new PresentStall(key, activity.Name, isCritical, time.GetUtcNow() - activity.Silence);
        Change(known => new Known(known.Stalls.RemoveAll(other => other.Key == key).Add(stall), known.Last));
    }

    /// <summary>It moves again, or is gone. By the watchdog's thread.</summary>
    public void Moved(object key)
    {
        var now = time.GetTimestamp();
        Change(known => known.Stalls.Find(stall => stall.Key == key) is { } moved
            ? new Known(known.Stalls.Remove(moved), moved.Counts ? new PastStall(moved.Name, moved.Headline, moved.Cause, moved.Since, now) : known.Last)
            : known);
    }

    /// <summary>The cause is known. Any thread.</summary>
    /// <param name="report">The report.</param>
    /// <param name="counts">Whether stalls of this cause count for health.</param>
    public void Explained(StallReport report, bool counts) => Change(known =>
    {
        var last = known.Last;
        if (report.HasEnded && last is not null && Concerns(report, last.Name))
        {
            last = counts ? last with { Headline = report.Headline, Cause = report.Verdict.Cause } : null;
        }

        return new Known(
            report.HasEnded
                ? known.Stalls
                : [.. known.Stalls.Select(stall => Concerns(report, stall.Name) ? stall with { Headline = report.Headline, Cause = report.Verdict.Cause, Counts = counts } : stall)],
            last);
    });

    private static bool Concerns(StallReport report, string name) => report.Activities.Any(activity => activity.Name == name);

    private void Change(Func<Known, Known> change)
    {
        var known = Present;
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _known, change(known), known);
            if (before == known)
            {
                return;
            }

            known = before;
        }
    }

    public sealed record PresentStall(object Key, string Name, bool IsCritical, DateTimeOffset Since, string? Headline = null, StallCause? Cause = null, bool Counts = true);

    public sealed record PastStall(string Name, string? Headline, StallCause? Cause, DateTimeOffset Since, long EndedAt);

    public sealed class Known(ImmutableList<PresentStall> stalls, PastStall? last)
    {
        public static readonly Known Nothing = new([], null);

        public ImmutableList<PresentStall> Stalls { get; } = stalls;

        public PastStall? Last { get; } = last;
    }
}
