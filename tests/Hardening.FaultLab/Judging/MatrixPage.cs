using System.Globalization;
using Hardening.Stalls;
using Spectre.Console;

namespace Hardening.FaultLab.Judging;

/// <summary>The matrix for the eye: what was done down, what was named across.</summary>
internal static class MatrixPage
{
    public static void Write(Matrix matrix, IAnsiConsole console, TextWriter output)
    {
        var causes = matrix.Causes;
        var table = new Table().AddColumn("fault").AddColumn("gap ms", Right);
        foreach (var cause in causes)
        {
            table.AddColumn(Short(cause), Right);
        }

        table.AddColumn("right", Right).AddColumn("missed", Right).AddColumn("false", Right).AddColumn("noticed ms", Right).AddColumn("told ms", Right).AddColumn("line", Right).AddColumn("owner", Right).AddColumn("");
        foreach (var row in matrix.Rows)
        {
            table.AddRow(
            [
                Markup.Escape(row.Fault), Number(row.Gap), .. causes.Select(cause => row.Count(cause) is > 0 and var count ? Text(count) : ""),
                RightOf(row), row.LongGaps == 0 ? "" : $"{row.Missed}/{row.LongGaps}", row.False == 0 ? "" : Text(row.False),
                row.NoticeDelay is null ? "" : Number(row.NoticeDelay), row.Delay is null ? "" : $"{Number(row.Delay)}, {Number(row.LongestDelay)}", Of(row.Lines), Of(row.Owners), Markup.Escape(Remark(row)),
            ]);
        }

        console.Write(table);
        foreach (var judgement in matrix.Judgements.Where(judgement => judgement.Rating is Rating.Wrong or Rating.Unknown or Rating.Partial || judgement.Missed.Count + judgement.False.Count > 0))
        {
            Explain(judgement, output);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"cause right {matrix.RightShare:P1} of {matrix.Named} (wanted {Matrix.LeastRight:P0}), wrong {matrix.WrongShare:P1} (at most {Matrix.MostWrong:P0}), missed {matrix.Missed} of {matrix.LongGaps} long gaps, false {matrix.False}, broken {matrix.Broken}"));
    }

    private static void Explain(Judgement judgement, TextWriter output)
    {
        output.WriteLine($"{judgement.Fault}: {judgement.Rating}, {judgement.Headline}");
        if (judgement.Gap is { } gap)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  truth: {gap.Milliseconds:F0} ms, ran {Share(gap.Running):P0}, waited for a processor {Share(gap.Waiting):P0}, collection {Share(gap.Collecting):P0}, others had {judgement.ForeignShare:P0} of the processors"));
            double Share(long part) => (double)part / gap.Length;
        }

        if (judgement.Cause is not null)
        {
            output.WriteLine($"  told: {judgement.CauseAtOnce} first, {judgement.Cause} at the end; {string.Join(", ", judgement.Contributions.Select(contribution => string.Create(CultureInfo.InvariantCulture, $"{contribution.Cause} {contribution.Share:P0}")))}");
        }

        foreach (var line in judgement.Evidence.Select(evidence => $"  evidence: {evidence}").Concat(judgement.Missed.Select(missed => $"  missed: {missed}")).Concat(judgement.False.Select(wrong => $"  false: {wrong}")))
        {
            output.WriteLine(line);
        }
    }

    private static string RightOf(MatrixRow row) =>
        row.Runs.Count(run => run.IsNamed || run.Rating == Rating.NotNamed) is > 0 and var named ? $"{row.Count(Rating.Right)}/{named}" : "";

    private static string Remark(MatrixRow row)
    {
        var reason = row.Runs.FirstOrDefault(run => run.Reason.Length > 0)?.Reason;
        var counts = ((Rating[])[Rating.NoStall, Rating.NotNamed, Rating.Partial, Rating.Skipped, Rating.Broken]).Where(rating => row.Count(rating) > 0)
            .Select(rating => $"{row.Count(rating)} {rating switch { Rating.NoStall => "no stall", Rating.NotNamed => "not named", Rating.Partial => "half", Rating.Skipped => "skipped", _ => "broken" }}");
        return string.Join(", ", counts) + (reason is null ? "" : $": {reason}");
    }

    private static string Of((int Right, int Wanted) count) => count.Wanted == 0 ? "" : $"{count.Right}/{count.Wanted}";

    private static string Number(double? value) => value?.ToString("F0", CultureInfo.InvariantCulture) ?? "";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Right(TableColumn column) => column.RightAligned();

    // A column each: only a short word fits.
    private static string Short(StallCause cause) => cause switch
    {
        StallCause.LockContention => "lock",
        StallCause.NativeLockContention => "native",
        StallCause.SpinStorm => "spin",
        StallCause.MemoryStorm => "memory",
        StallCause.KernelStorm => "kernel",
        StallCause.GarbageCollection => "gc",
        StallCause.GarbageCollectionSuspension => "gc susp",
        StallCause.ThreadPoolStarvation => "pool",
        StallCause.ForeignLoad => "foreign",
        StallCause.Throttling => "throttle",
        StallCause.Oversubscription => "oversub",
        StallCause.BlockedIO => "io",
        StallCause.BlockedSystemCall => "call",
        StallCause.ProcessStopped => "stopped",
        StallCause.ChildStorm => "child",
        StallCause.BusyActivity => "busy",
        StallCause.BlockedActivity => "blocked",
        _ => cause.ToString().ToLowerInvariant(),
    };
}
