using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Analysis;

/// <summary>One verdict for activities that stand still together.</summary>
internal static class StallVerdicts
{
    /// <summary>The longest stall of which it is known why says most; what the others stand still for is beside it.</summary>
    /// <param name="stalls">The window and the verdict of each, the first to stall first.</param>
    /// <returns>The verdict, and the window that it is of.</returns>
    public static (StallVerdict Verdict, StallWindow Window) Join(IReadOnlyList<(StallWindow Window, StallVerdict Verdict)> stalls)
    {
        var main = stalls.MaxBy(stall => stall.Verdict.Cause == StallCause.Unknown ? 0 : stall.Verdict.Confidence * stall.Window.StallDuration);
        var contributions = main.Verdict.Contributions.ToList();
        foreach (var (window, other) in stalls)
        {
            if (other.Cause != StallCause.Unknown && other.Cause != main.Verdict.Cause && contributions.TrueForAll(contribution => contribution.Cause != other.Cause))
            {
                contributions.Add(new StallContribution(other.Cause, other.Confidence * Math.Min(1, (double)window.StallDuration / Math.Max(1, main.Window.StallDuration))));
            }
        }

        return (main.Verdict with { Contributions = [.. contributions.OrderByDescending(contribution => contribution.Share)] }, main.Window);
    }
}
