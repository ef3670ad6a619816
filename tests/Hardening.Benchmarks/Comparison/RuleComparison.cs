namespace Hardening.Benchmarks.Comparison;

/// <summary>One rule of others beside one of ours.</summary>
/// <param name="Id">The other's.</param>
/// <param name="Lines">How many of the lines that ours reports it reports too.</param>
/// <param name="IsElsewhere">It speaks in another line of the example, and not on the corrected one.</param>
/// <param name="IsInFixed">It reports the corrected example too.</param>
internal sealed record Answer(string Id, int Lines, bool IsElsewhere, bool IsInFixed);

/// <summary>What others report on the examples of one of our rules.</summary>
/// <param name="Page">Ours.</param>
/// <param name="Lines">How many lines of its examples it reports.</param>
/// <param name="Answers">Theirs.</param>
internal sealed record RuleComparison(RulePage Page, int Lines, IReadOnlyList<Answer> Answers)
{
    public static async Task<RuleComparison> RunAsync(RulePage page, PeerRules peers, CancellationToken stop)
    {
        var onLines = new Dictionary<string, int>();
        var elsewhere = new HashSet<string>();
        var inFixed = new HashSet<string>();
        foreach (var (index, example) in page.Examples.Index())
        {
            var reported = (await peers.RunAsync(example, $"{page.Id}-{index}", stop)).Select(finding => (finding.Id, finding.Line)).Distinct();
            foreach (var (id, line) in reported)
            {
                if (!example.IsViolation)
                {
                    inFixed.Add(id);
                }
                else if (example.Marked.Contains(line))
                {
                    onLines[id] = onLines.GetValueOrDefault(id) + 1;
                }
                else
                {
                    elsewhere.Add(id);
                }
            }
        }

        return new RuleComparison(page, page.Examples.Where(example => example.IsViolation).Sum(example => example.Marked.Count),
        [
            .. from id in onLines.Keys.Union(elsewhere.Except(inFixed)).Order(StringComparer.Ordinal)
                select new Answer(id, onLines.GetValueOrDefault(id), elsewhere.Contains(id), inFixed.Contains(id)),
        ]);
    }
}
