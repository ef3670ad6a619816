using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>Tells why an activity stood still, from what was measured meanwhile. Pure: the same window, the same verdict.</summary>
internal static class CauseClassifier
{
    /// <summary>Below it a cause is not named.</summary>
    public const double Sure = 0.5;

    // What takes less than this of a stall is not worth a word beside its main cause.
    private const double SmallContribution = 0.1;

    // A main cause explains this much of the stall at least; one that explains less is believed less, in proportion.
    private const double MainShare = 0.4;

    // A verdict needs samples of this much of the stall; with less it is believed less, in proportion.
    private const double SeenShare = 0.5;

    public static StallVerdict Classify(StallWindow window)
    {
        if (window.Samples.Count < 2 || window.StallDuration <= 0)
        {
            return Nothing(new StallShares(), $"There are {window.Samples.Count} samples of a stall of {Readable.Seconds(window.StallDuration * 1e-9)}: too few to tell.");
        }

        var facts = StallFacts.Of(window);
        var shares = facts.Split.Shares;
        if (facts.Seen <= 0)
        {
            return Nothing(shares, $"None of the {window.Samples.Count} samples is of the stall.");
        }

        var findings = CauseRules.For(window.Activity.Kind).Select(rule => rule.Find(facts, facts.Split)).OfType<CauseFinding>().ToArray();
        return Decide(facts, shares, Merge(findings));
    }

    private static StallVerdict Decide(StallFacts facts, StallShares shares, IReadOnlyList<CauseFinding> findings)
    {
        var where = Sentence(facts, shares);
        var main = findings.Where(finding => IsAlone(facts, finding)).Concat(findings.OrderByDescending(finding => finding.Weight * finding.Confidence)).FirstOrDefault();
        var confidence = main is null ? 0 : main.Confidence * Math.Min(1, main.Weight / MainShare) * Math.Min(1, facts.Seen / facts.Duration / SeenShare);
        if (main is not null && IsAlone(facts, main))
        {
            confidence = main.Confidence;
        }

        var isSure = main is not null && confidence >= Sure;
        var others = findings.Where(finding => (!isSure || finding != main) && finding.Reach >= SmallContribution && finding.Confidence >= Sure).OrderByDescending(finding => finding.Share).ToArray();
        var told = isSure ? others.Prepend(main!) : findings.Where(finding => finding.Reach >= SmallContribution).OrderByDescending(finding => finding.Share);
        return new StallVerdict
        {
            Cause = isSure ? main!.Cause : StallCause.Unknown,
            Confidence = Math.Floor(confidence * 1000) / 1000,
            Contributions = [.. others.Select(finding => new StallContribution(finding.Cause, Math.Round(finding.Share, 3)))],
            Shares = shares,
            Evidence = isSure ? [.. main!.Evidence, where, .. told.Skip(1).SelectMany(finding => finding.Evidence)] : [where, .. told.SelectMany(finding => finding.Evidence)],
        };
    }

    // Its own work alone took longer than it may: with all processors to itself it would have stalled as well.
    private static bool IsAlone(StallFacts facts, CauseFinding finding) =>
        finding.Cause == StallCause.BusyActivity && facts.Limit > 0 && finding.Share * facts.Duration > facts.Limit;

    private static CauseFinding[] Merge(IReadOnlyList<CauseFinding> findings) =>
    [
        .. findings.GroupBy(finding => finding.Cause).Select(group => group.Count() == 1
            ? group.First()
            : new CauseFinding(group.Key, group.Sum(finding => finding.Share), group.Sum(finding => finding.Reach * finding.Confidence) / group.Sum(finding => finding.Reach), [.. group.OrderByDescending(finding => finding.Share).SelectMany(finding => finding.Evidence).Distinct()])
            {
                Weight = group.Sum(finding => finding.Weight), Reach = group.Sum(finding => finding.Reach),
            }),
    ];

    private static string Sentence(StallFacts facts, StallShares shares)
    {
        var who = facts.Window.Activity.Kind switch
        {
            StalledActivityKind.ThreadPool => "the thread pool's threads",
            _ when facts.Thread is { } thread => facts.Name(thread.ThreadId),
            _ => "the process",
        };
        var parts = new List<string>();
        Add(shares.Running, "running");
        Add(shares.WaitingForProcessor, "waiting for a processor");
        Add(shares.Blocked, "blocked");
        Add(shares.Suspended, "stopped for garbage collection");
        Add(shares.Stopped, "stopped");
        return parts.Count == 0
            ? $"Of {Readable.Seconds(facts.Duration)} nothing is known."
            : $"The {Readable.Seconds(facts.Duration)} of {who}: {string.Join(", ", parts)}.";

        void Add(double share, string what)
        {
            if (share >= 0.005)
            {
                parts.Add($"{Readable.Share(share)} {what}");
            }
        }
    }

    private static StallVerdict Nothing(StallShares shares, string why) => new() { Cause = StallCause.Unknown, Confidence = 0, Contributions = [], Shares = shares, Evidence = [why] };
}
