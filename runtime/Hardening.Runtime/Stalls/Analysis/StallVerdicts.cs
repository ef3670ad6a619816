namespace Hardening.Stalls.Analysis;

/// <summary>One verdict for activities that stand still together.</summary>
internal static class StallVerdicts
{
    /// <summary>The first activity's, and what the others stand still for beside it; where the first one's is unknown, that of the surest.</summary>
    public static StallVerdict Join(IReadOnlyList<StallVerdict> verdicts)
    {
        var main = verdicts[0].Cause != StallCause.Unknown ? verdicts[0] : verdicts.MaxBy(verdict => verdict.Confidence)!;
        var contributions = main.Contributions.ToList();
        foreach (var other in verdicts)
        {
            if (other.Cause != StallCause.Unknown && other.Cause != main.Cause && contributions.TrueForAll(contribution => contribution.Cause != other.Cause))
            {
                contributions.Add(new StallContribution(other.Cause, other.Confidence));
            }
        }

        return main with { Contributions = contributions };
    }
}
