using Hardening.Benchmarks.Analyzers.Generated;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>One tree, compiled bare, with our rules, and with those of each peer.</summary>
internal sealed class CostBesidePeers(CSharpCompiler compiler, PeerPackages packages, RuleSet own, string scratch)
{
    private const double MostOfBare = 1.3;
    private const double MostOfTotal = 0.1;
    private const int UsualRounds = 5;

    private readonly List<string> _wrong = [];
    private readonly List<string> _missing = [];
    private readonly List<string> _remarks = [];
    private readonly RuleTimes _times = new();

    public async Task<Report> MeasureAsync(SourceTree tree, BenchmarkSettings settings, int warmUp, CancellationToken stop)
    {
        var (peers, missing) = await packages.RestoreAsync(stop);
        _missing.AddRange(missing);
        var empty = await EmptyRule.CompileAsync(compiler, scratch, stop);
        var checks = await CheckAsync(tree, [own, empty, .. peers], stop);
        IReadOnlyList<Series> series;
        if (settings is { Short: true, Rounds: null })
        {
            await TimeRulesAsync(tree, empty, stop);
            series = checks.ConvertAll(check => new Series(check.Name, [check.First]));
        }
        else
        {
            Contender[] contenders =
            [
                .. checks.Select(check => new Contender(check.Name, stop => TimeAsync(tree, check, stop))),
                new("(per rule)", stop => TimeRulesAsync(tree, empty, stop)),
            ];
            series = await Rounds.MeasureAsync(contenders, settings.Rounds ?? UsualRounds, warmUp, settings.Progress, stop);
        }

        return Tell(tree, checks, series);
    }

    private Report Tell(SourceTree tree, List<Check> checks, IReadOnlyList<Series> series)
    {
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
        var figures = new { Tree = new { tree.Name, Files = tree.Files.Count, tree.Lines }, BuildFacts.Sdk, Costs = costs, Rules = shares, RulesSeconds = _times.Total, FirstSeconds = _times.First };
        return new Report("analyzers", figures, [CostTables.Of(costs), CostTables.Of(shares, _times)], goals, _missing, _remarks, _wrong);
    }

    /// <summary>A first run of each that is not timed: does it compile, do its rules load, what do they find.</summary>
    private async Task<List<Check>> CheckAsync(SourceTree tree, IEnumerable<RuleSet> all, CancellationToken stop)
    {
        var (bare, bareResult) = await FindAsync(tree, null, stop);
        if (bareResult.ExitCode != 0)
        {
            throw new BenchmarkException($"the tree does not compile: {string.Join("; ", bareResult.Output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Take(3))}", isBadInput: true);
        }

        var compilers = bare.Select(finding => finding.Id).ToHashSet();
        List<Check> checks = [new Check(null, [], 0, bareResult.Sample)];
        foreach (var given in all)
        {
            var rules = given;
            var (findings, result) = await FindAsync(tree, rules, stop);
            if (rules != own && findings.Where(finding => finding.IsError).Select(finding => finding.Id).Distinct().ToList() is [_, ..] errors)
            {
                _remarks.Add($"{rules.Name}: no more than a warning here: {string.Join(", ", errors)}; with an error there is no assembly, and so less work than the others have");
                rules = rules.WithoutErrors(errors, scratch);
                (findings, result) = await FindAsync(tree, rules, stop);
            }

            var broken = result.ExitCode != 0 ? $"the compile exits with {result.ExitCode}" : null;
            if (rules == own && (Findings.WhyBroken(findings) ?? broken ?? GeneratedTree.WhyNotFound(tree, findings)) is { } wrong)
            {
                _wrong.Add($"our rules: {wrong}");
            }
            else if ((Findings.WhyNotLoaded(findings) ?? broken) is { } problem)
            {
                _missing.Add($"{rules.Name} {rules.Version}: {problem}");
                continue;
            }
            else if (Findings.HasThrown(findings))
            {
                _remarks.Add($"{rules.Name}: throws on this tree (AD0001), so some of its work is not done");
            }

            checks.Add(new Check(rules, [.. findings.Where(finding => !compilers.Contains(finding.Id))], CountPrinted(result.Output), result.Sample));
        }

        return checks;
    }

    private async Task<(IReadOnlyList<Finding> Findings, ChildResult Result)> FindAsync(SourceTree tree, RuleSet? rules, CancellationToken stop)
    {
        var log = Path.Combine(scratch, "findings.sarif");
        var result = await compiler.CompileAsync(tree, rules, [$"/errorlog:{log},version=2.1"], stop);
        return (Findings.Read(log), result);
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

    // Apart from the timed run: asking for the time of each rule costs some itself. The empty rule goes first, or the first of ours would pay for what the compiler does once.
    private async Task<Sample> TimeRulesAsync(SourceTree tree, RuleSet empty, CancellationToken stop)
    {
        var result = await compiler.CompileAsync(tree, empty, [.. own.Arguments(), "/reportanalyzer"], stop);
        _times.Add(result.Output); // rounds that warm up included: the median forgets them
        return result.Sample;
    }

    private static int CountPrinted(string output) => output.Split('\n').Count(line => line.Contains(": warning ", StringComparison.Ordinal) || line.Contains(": error ", StringComparison.Ordinal));

    /// <param name="Rules">The rules; null: bare.</param>
    /// <param name="Findings">What they find; what the compiler finds by itself is not among it.</param>
    /// <param name="Printed">How many the compiler prints.</param>
    /// <param name="First">What this run took.</param>
    private sealed record Check(RuleSet? Rules, IReadOnlyList<Finding> Findings, int Printed, Sample First)
    {
        public string Name => Rules?.Name ?? "bare";
    }
}

/// <summary>What one compile cost.</summary>
internal sealed record Cost(string Name, string? Version, double Seconds, double Ratio, double? CpuSeconds, double? CpuRatio, int Diagnostics);

/// <summary>What one rule took of what all rules took.</summary>
internal sealed record RuleShare(string Rule, double Seconds, double Share);
