using Hardening.Stalls.Classification;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>Tells what ails a process, from what was measured of it from outside. Pure: the same window, the same findings; none for a healthy one.</summary>
internal static class PathologyClassifier
{
    /// <summary>Fewer samples, or less time, say nothing of what goes on all the time.</summary>
    public const int LeastSamples = 5;

    private static readonly IReadOnlyList<Func<PathologyFacts, Pathology?>> s_rules =
    [
        DotnetRules.Collection, DotnetRules.Pool, DotnetRules.Locks,
        ThrashRules.Lock, ThrashRules.Interpreter, ThrashRules.Spin, StormRules.Memory, ThrashRules.Library, ThrashRules.Kernel,
        StormRules.Throttled, StormRules.Children, StormRules.Oversubscribed, StormRules.Starved,
    ];

    /// <returns>The worst first; empty when nothing is found.</returns>
    public static IReadOnlyList<Pathology> Classify(StallWindow window, string program, ProgramKind kind)
    {
        if (window.Samples.Count < LeastSamples || window.StallDuration <= 0)
        {
            return [];
        }

        var facts = new PathologyFacts(window, program, kind);
        if (facts.Seconds <= 0)
        {
            return [];
        }

        var found = s_rules.Select(rule => rule(facts)).OfType<Pathology>().Where(found => found.Confidence >= CauseClassifier.Sure).GroupBy(found => found.Kind).Select(same => same.MaxBy(found => found.Confidence)!).ToList();
        if (found.Exists(other => other.Kind == PathologyKind.LockThrash))
        {
            found.RemoveAll(other => other.Kind is PathologyKind.Oversubscription or PathologyKind.KernelStorm); // these are what it looks like to a scheduler
        }

        return [.. found.OrderByDescending(other => other.Weight * other.Confidence)];
    }
}
