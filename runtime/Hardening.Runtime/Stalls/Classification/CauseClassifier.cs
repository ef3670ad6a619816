using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>Tells why an activity stood still, from what was measured meanwhile. Pure: the same window, the same verdict.</summary>
internal static class CauseClassifier
{
    public static StallVerdict Classify(StallWindow window) => new()
    {
        Cause = StallCause.Unknown, Confidence = 0, Contributions = [], Shares = new StallShares(), Evidence = [$"{window.Samples.Count} samples"],
    };
}
