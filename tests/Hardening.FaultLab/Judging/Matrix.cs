using Hardening.Stalls;

namespace Hardening.FaultLab.Judging;

/// <summary>What was named, by what was done.</summary>
internal sealed class Matrix
{
    public const double LeastRight = 0.95;
    public const double MostWrong = 0.05;

    public Matrix(IReadOnlyList<Judgement> judgements)
    {
        Judgements = judgements;
        Rows = [.. judgements.GroupBy(judgement => judgement.Fault).Select(group => new MatrixRow(group.Key, [.. group]))];
    }

    public IReadOnlyList<Judgement> Judgements { get; }

    public IReadOnlyList<MatrixRow> Rows { get; }

    /// <summary>Causes that were named at all, in the order of the enumeration.</summary>
    public IReadOnlyList<StallCause> Causes => [.. Judgements.Select(judgement => judgement.Cause).OfType<StallCause>().Distinct().Order()];

    public int Named => Judgements.Count(judgement => judgement.IsNamed || judgement.Rating == Rating.NotNamed);

    public double RightShare => Share(Rating.Right);

    public double WrongShare => Share(Rating.Wrong);

    public int LongGaps => Judgements.Sum(judgement => judgement.LongGaps);

    public int Missed => Judgements.Sum(judgement => judgement.Missed.Count);

    public int False => Judgements.Sum(judgement => judgement.False.Count);

    public int Broken => Judgements.Count(judgement => judgement.Rating == Rating.Broken);

    /// <summary>Whether what was wanted was reached.</summary>
    public bool IsGood => RightShare >= LeastRight && WrongShare <= MostWrong && Missed == 0 && False == 0 && Broken == 0;

    private double Share(Rating rating) => Named == 0 ? rating == Rating.Right ? 1 : 0 : (double)Judgements.Count(judgement => judgement.Rating == rating) / Named;
}

/// <summary>All runs of one fault.</summary>
internal sealed record MatrixRow(string Fault, IReadOnlyList<Judgement> Runs)
{
    public int Count(Rating rating) => Runs.Count(run => run.Rating == rating);

    public int Count(StallCause cause) => Runs.Count(run => run.Cause == cause);

    public int LongGaps => Runs.Sum(run => run.LongGaps);

    public int Missed => Runs.Sum(run => run.Missed.Count);

    public int False => Runs.Sum(run => run.False.Count);

    /// <summary>The median of the longest true gaps, in ms; null when there was none.</summary>
    public double? Gap => Median(Runs.Where(run => run.Gap is not null).Select(run => run.Gap!.Milliseconds));

    public double? Delay => Median(Runs.Where(run => run.Delay is not null).Select(run => run.Delay!.Value.TotalMilliseconds));

    public double? NoticeDelay => Runs.Max(run => run.NoticeDelay?.TotalMilliseconds);

    public double? LongestDelay => Runs.Max(run => run.Delay?.TotalMilliseconds);

    /// <summary>How often the line was right, of how often it had to be.</summary>
    public (int Right, int Wanted) Lines => (Runs.Count(run => run.IsLineRight == true), Runs.Count(run => run.IsLineRight is not null));

    public (int Right, int Wanted) Owners => (Runs.Count(run => run.IsOwnerRight == true), Runs.Count(run => run.IsOwnerRight is not null));

    private static double? Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
