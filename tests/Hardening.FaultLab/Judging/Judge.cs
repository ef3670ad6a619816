using Hardening.FaultLab.Application;
using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Truth;
using Hardening.Stalls;

namespace Hardening.FaultLab.Judging;

/// <summary>Compares what was told with what is true. Pure, but for the source lines that it looks up.</summary>
internal static class Judge
{
    private const double Most = 0.5; // the larger part of a gap, or of the processors
    private const double NotNothing = 0.2; // less than that need not be named as a contribution

    public static Judgement Decide(Fault fault, RunRecord run, HostRecord host, Func<string, int, string?>? readLine = null) =>
        Decide(fault.Name, fault.Facts, run, host, readLine ?? SourceLines.Read);

    public static Judgement Decide(string name, FaultFacts facts, RunRecord run, HostRecord host, Func<string, int, string?> readLine)
    {
        run = run with { Told = WithEnds(run.Told) };
        var limit = (long)run.Limit.TotalNanoseconds;
        var longGaps = run.Gaps.Where(gap => Activities.Watched.Contains(gap.Activity) && gap.Length > 2 * limit && gap.End > run.FaultStart).ToList();
        var judgement = new Judgement
        {
            Fault = name,
            Rating = Rating.NoStall,
            LongGaps = longGaps.Count,
            Missed = [.. longGaps.Where(gap => !run.Told.Any(told => Covers(told, gap))).Select(gap => FormattableString.Invariant($"{gap.Activity}: {gap.Milliseconds:F0} ms"))],
            False = [.. FalseStalls.Of(run).Select(told => DescribeFalse(told, run))],
        };
        var gap = run.Gaps.Where(gap => gap.Activity == facts.Stalls && gap.Overlaps(run.FaultStart, run.FaultEnd)).MaxBy(gap => gap.Length);
        if (gap is null || gap.Length <= limit || facts.IsHealthy)
        {
            return judgement with { Gap = gap };
        }

        var told = run.Told.Where(told => Covers(told, gap)).OrderBy(told => told.Time).ToList();
        var reports = ReportsOf(gap, told);
        judgement = judgement with
        {
            Gap = gap,
            ForeignShare = host.ForeignShare(gap.Start, gap.End),
            Delay = told.Count > 0 ? TimeSpan.FromMicroseconds(Math.Max(0, told[0].Time - gap.Start - limit) / 1000d) : null,
            Rating = gap.Length > 2 * limit || told.Count > 0 ? Rating.NotNamed : Rating.NoStall,
        };
        return reports.Count == 0 ? judgement : Name(judgement, facts, run, reports, readLine);
    }

    // A report is of all who stood still together, and has the length of one of them: it was over when the last of them moved, which was told between the report before and this one.
    private static List<ToldStall> WithEnds(IReadOnlyList<ToldStall> told)
    {
        var ends = new Dictionary<string, long>();
        var before = long.MinValue;
        foreach (var report in told.Where(one => one is { IsReport: true, HasEnded: true }).OrderBy(one => one.Time))
        {
            ends[report.Id] = told.Where(one => one is { IsReport: false, HasEnded: true } && one.Time > before && one.Time <= report.Time && report.Activities.Contains(one.Activities[0])).Select(one => one.End).Append(report.End).Max();
            before = report.Time;
        }

        return [.. told.Select(one => one.IsReport && ends.TryGetValue(one.Id, out var end) ? one with { EndedAt = end } : one)];
    }

    // Of the stall that shares most of the gap, and its own before one of the process.
    private static List<ToldStall> ReportsOf(Gap gap, List<ToldStall> told) => told.Where(told => told.IsReport).GroupBy(told => told.Id)
        .OrderByDescending(stall => stall.Any(told => told.Activities.Contains(gap.Activity)))
        .ThenByDescending(stall => stall.Max(told => Math.Min(gap.End, told.End) - Math.Max(gap.Start, told.Start)))
        .FirstOrDefault()?.ToList() ?? [];

    private static Judgement Name(Judgement judgement, FaultFacts facts, RunRecord run, List<ToldStall> reports, Func<string, int, string?> readLine)
    {
        var last = reports[^1];
        var verdict = last.Verdict!;
        return judgement with
        {
            Cause = verdict.Cause,
            CauseAtOnce = reports[0].Verdict!.Cause,
            Contributions = verdict.Contributions,
            Headline = last.Headline,
            Evidence = verdict.Evidence,
            Rating = facts.Parts.Count == 1 ? Rate(last, facts, run, judgement) : RateParts(last, facts, run, judgement),
            NoticeDelay = reports[0].NoticedAfter is { } noticed && reports[0].Activities[0] != Activities.Process ? TimeSpan.FromTicks(Math.Max(0, (noticed - run.Limit).Ticks)) : null,
            IsLineRight = facts.Sites.Count == 0 || !last.HasStacks ? null : facts.Sites.Append(facts.OwnerSite).Any(site => Matches(last.Culprit, site, readLine)),
            IsOwnerRight = facts.Owner is null ? null : last.Locks.Any(held => held.OwnerName == facts.Owner),
        };
    }

    private static Rating Rate(ToldStall report, FaultFacts facts, RunRecord run, Judgement judgement) =>
        report.Verdict!.Cause is var cause && (facts.Parts[0].Contains(cause) || IsHonest(report, facts, run, judgement)) ? Rating.Right : cause == StallCause.Unknown ? Rating.Unknown : Rating.Wrong;

    private static Rating RateParts(ToldStall report, FaultFacts facts, RunRecord run, Judgement judgement)
    {
        var cause = report.Verdict!.Cause;
        if (cause == StallCause.Unknown)
        {
            return Rating.Unknown;
        }

        if (!facts.Parts.Any(part => part.Contains(cause)) && !IsHonest(report, facts, run, judgement))
        {
            return Rating.Wrong;
        }

        // Parts may stall different activities, and then have reports of their own.
        var named = run.Told.Where(told => told.IsReport && told.Start < run.FaultEnd && run.FaultStart < told.End)
            .SelectMany(told => told.Verdict!.Contributions.Select(contribution => contribution.Cause).Append(told.Verdict.Cause)).ToHashSet();
        return facts.Parts.All(part => part.Any(named.Contains) || !IsFelt(part, judgement.Gap!)) ? Rating.Right : Rating.Partial;
    }

    /// <summary>Answers that are right whatever was done, because they are true of this gap.</summary>
    private static bool IsHonest(ToldStall report, FaultFacts facts, RunRecord run, Judgement judgement) => report.Verdict!.Cause switch
    {
        StallCause.ForeignLoad => judgement.ForeignShare >= Most && (IsStarved(judgement.Gap!) || run.Gaps.Any(gap => IsMeant(gap, report, facts, run.Limit) && gap.Overlaps(judgement.Gap!.Start, judgement.Gap.End) && IsStarved(gap))),
        // The runtime's sum of pauses has the time to stop the threads in it.
        StallCause.GarbageCollection => judgement.Gap!.Collecting >= Most * judgement.Gap.Length && !facts.Parts.Any(part => part.Contains(StallCause.GarbageCollectionSuspension)),
        _ => false,
    };

    // One report tells of all who stood still together: the one whose cause it names need not be the one whose gap was the longest.
    private static bool IsMeant(Gap gap, ToldStall report, FaultFacts facts, TimeSpan limit) =>
        gap.Activity == facts.Owner || (report.Activities.Contains(gap.Activity) && gap.Length > limit.TotalNanoseconds);

    // It, or the thread that it waited for, wanted a processor for most of the time and had none.
    private static bool IsStarved(Gap gap) => gap.Waiting >= Most * gap.Length;

    // Who sleeps does not notice how busy the machine is, and how much work there was does not show where nearly none of it was done.
    private static bool IsFelt(IReadOnlyList<StallCause> part, Gap gap) => part switch
    {
        [StallCause.ForeignLoad or StallCause.ChildStorm or StallCause.Oversubscription] => gap.Waiting >= NotNothing * gap.Length,
        [StallCause.BusyActivity] => gap.Running >= NotNothing * gap.Length,
        _ => true,
    };

    private static bool Covers(ToldStall told, Gap gap) =>
        (told.Activities.Contains(gap.Activity) || told.Activities.Contains(Activities.Process)) && gap.Overlaps(told.Start, told.End);

    private static string DescribeFalse(ToldStall told, RunRecord run)
    {
        var silence = told.NoticedAfter is { } noticed ? (long)noticed.TotalNanoseconds : told.Time - told.Start;
        var there = run.Gaps.Where(gap => gap.Activity == told.Activities[0] && gap.Overlaps(told.Start, told.Start + silence)).Select(gap => FormattableString.Invariant($"{(gap.Start - told.Start) / 1e6:F0}..{(gap.End - told.Start) / 1e6:F0}"));
        return FormattableString.Invariant($"{told.Activities[0]}: {silence / 1e6:F0} ms told{(told.Verdict is { } verdict ? $" as {verdict.Cause}" : "")}; gaps there: {string.Join(", ", there)}");
    }

    private static bool Matches(ThreadStackFrame? frame, Site? site, Func<string, int, string?> readLine)
    {
        if (frame is null || site is null || !frame.Method.Contains(site.Method, StringComparison.Ordinal))
        {
            return false;
        }

        // Without symbols the method is all that can be asked for.
        return site.Mark is null || frame is not { File: { } file, Line: { } line } || readLine(file, line) is not { } text || text.Contains($"// {site.Mark}", StringComparison.Ordinal);
    }
}

internal static class SourceLines
{
    /// <summary>A line of a source file; null where there is no such file.</summary>
    public static string? Read(string file, int line) => File.Exists(file) ? File.ReadLines(file).ElementAtOrDefault(line - 1) ?? "" : null;
}
