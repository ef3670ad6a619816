using Hardening.Benchmarks.Analyzers.Generated;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>One tree, compiled bare, with our rules, and with those of each peer.</summary>
internal sealed class CostBesidePeers(CSharpCompiler compiler, PeerPackages packages, RuleSet own, string scratch)
{
    private const double MostOfBare = 1.3;
    private const double MostOfTotal = 0.1;

    private readonly List<string> _wrong = [];
    private readonly RuleTimes _times = new();

    public async Task<Report> MeasureAsync(SourceTree tree, BenchmarkSettings settings, CancellationToken stop)
    {
        var (peers, missing) = await packages.RestoreAsync(stop);
        var (checks, excluded) = await CheckAsync(tree, [null, own, .. peers], stop);
        Contender[] contenders =
        [
            .. checks.Select(check => new Contender(check.Name, stop => TimeAsync(tree, check, stop))),
            new("(per rule)", stop => TimeRulesAsync(tree, stop)),
        ];
        var series = await Rounds.MeasureAsync(contenders, settings.Rounds ?? (settings.Short ? 1 : 5), settings.Progress, stop);
        if (!_times.Rules.Any())
        {
            _wrong.Add("the compiler names none of our rules among those that ran");
        }

        var bare = series[0];
        var costs = checks.Zip(series, (check, taken) => new Cost(
            check.Name, check.Rules?.Version, taken.Seconds, taken.RatioTo(bare), taken.CpuSeconds, taken.CpuRatioTo(bare), check.Findings.Count)).ToList();
        var shares = _times.Rules.Select(rule => new RuleShare(rule, _times.Seconds(rule), _times.Seconds(rule) / _times.Total)).OrderByDescending(share => share.Seconds).ToList();
        Goal[] goals =
        [
            new("compile time with all our rules, times bare", MostOfBare, costs[1].Ratio, "0.00 x"),
            .. shares is [var most, ..] ? [new Goal($"largest share of one rule in our total ({most.Rule})", MostOfTotal, most.Share, "0.0 %")] : Array.Empty<Goal>(),
        ];
        var figures = new { Tree = new { tree.Name, Files = tree.Files.Count, tree.Lines }, BuildFacts.Sdk, Costs = costs, Rules = shares, RulesSeconds = _times.Total };
        return new Report("analyzers", figures, [CostTables.Of(costs), CostTables.Of(shares, _times.Total)], goals, [.. missing, .. excluded], _wrong);
    }

    /// <summary>A first run of each that is not timed: does it compile, do its rules load, what do they find.</summary>
    private async Task<(List<Check> Checks, List<string> Missing)> CheckAsync(SourceTree tree, IEnumerable<RuleSet?> all, CancellationToken stop)
    {
        List<Check> checks = [];
        List<string> missing = [];
        foreach (var rules in all)
        {
            var log = Path.Combine(scratch, "findings.sarif");
            var result = await compiler.CompileAsync(tree, rules, [$"/errorlog:{log},version=2.1"], stop);
            if (rules is null && result.ExitCode != 0)
            {
                throw new BenchmarkException($"the tree does not compile: {string.Join("; ", result.Output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Take(3))}", isBadInput: true);
            }

            var findings = Findings.Read(log);
            var compilers = rules is null ? [] : checks[0].All.Select(finding => finding.Id).ToHashSet();
            var check = new Check(rules, findings, [.. findings.Where(finding => rules is not null && !compilers.Contains(finding.Id))], CountPrinted(result.Output));
            // With an error there is no assembly, and so less work than the others have.
            var problem = Findings.WhyBroken(findings) ?? (result.ExitCode != 0 ? $"the compile exits with {result.ExitCode}" : null);
            if (rules == own && (problem ?? GeneratedTree.WhyNotFound(tree, findings)) is { } wrong)
            {
                _wrong.Add($"our rules: {wrong}");
            }
            else if (problem is not null)
            {
                missing.Add($"{rules!.Name} {rules.Version}: {problem}");
                continue;
            }

            checks.Add(check);
        }

        return (checks, missing);
    }

    private async Task<Sample> TimeAsync(SourceTree tree, Check check, CancellationToken stop)
    {
        var result = await compiler.CompileAsync(tree, check.Rules, [], stop);
        var printed = CountPrinted(result.Output);
        if (check.Rules == own && (result.ExitCode != 0 || printed != check.Printed))
        {
            _wrong.Add($"our rules: {printed} diagnostics and exit code {result.ExitCode} in one run, {check.Printed} in another");
        }

        return result.Sample;
    }

    // Apart from the timed run: asking for the time of each rule costs some itself.
    private async Task<Sample> TimeRulesAsync(SourceTree tree, CancellationToken stop)
    {
        var result = await compiler.CompileAsync(tree, own, ["/reportanalyzer"], stop);
        _times.Add(result.Output);
        return result.Sample;
    }

    private static int CountPrinted(string output) => output.Split('\n').Count(line => line.Contains(": warning ", StringComparison.Ordinal) || line.Contains(": error ", StringComparison.Ordinal));

    /// <param name="Rules">The rules; null: bare.</param>
    /// <param name="All">All diagnostics.</param>
    /// <param name="Findings">Those of the rules, not of the compiler.</param>
    /// <param name="Printed">How many the compiler prints.</param>
    private sealed record Check(RuleSet? Rules, IReadOnlyList<Finding> All, IReadOnlyList<Finding> Findings, int Printed)
    {
        public string Name => Rules?.Name ?? "bare";
    }
}

/// <summary>What one compile cost.</summary>
internal sealed record Cost(string Name, string? Version, double Seconds, double Ratio, double? CpuSeconds, double? CpuRatio, int Diagnostics);

/// <summary>What one rule took of what all rules took.</summary>
internal sealed record RuleShare(string Rule, double Seconds, double Share);
