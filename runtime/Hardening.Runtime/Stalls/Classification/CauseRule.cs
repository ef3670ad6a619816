namespace Hardening.Stalls.Classification;

/// <summary>One way to explain a stall, or a part of it.</summary>
/// <param name="Name">What it is called in tests and on the page.</param>
/// <param name="Needs">What must have been measured.</param>
/// <param name="Find">Takes the time that it explains from what is left; null when it explains none.</param>
internal sealed record CauseRule(string Name, string Needs, Func<StallFacts, StallSplit, CauseFinding?> Find);

/// <summary>What a rule explains.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Share">Of the stall: 0 to 1.</param>
/// <param name="Confidence">How sure that is: 0 to 1.</param>
/// <param name="Evidence">What was measured, a sentence each.</param>
internal sealed record CauseFinding(StallCause Cause, double Share, double Confidence, IReadOnlyList<string> Evidence)
{
    /// <summary>What it is weighed by against others: its share, with the part of others that would not have been felt without it.</summary>
    public double Weight { get; init; } = Share;

    /// <summary>Its share, with the part of others that was felt by way of it: a lock is in the way also while its owner waits for a processor.</summary>
    public double Reach { get; init; } = Share;
}
