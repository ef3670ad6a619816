using Hardening.Benchmarks.Analyzers.Generated;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>Generated code of growing size: what the rules take must grow with it, and no faster.</summary>
internal sealed class GrowthOfCost(CSharpCompiler compiler, RuleSet own, string scratch)
{
    private const double MostOfSmaller = 1.25;

    private static readonly int[] KiloLines = [62, 125, 250, 500];
    private static readonly int[] FewKiloLines = [2, 4];

    private readonly List<string> _wrong = [];

    public async Task<Report> MeasureAsync(BenchmarkSettings settings, int warmUp, CancellationToken stop)
    {
        var trees = (settings.Short ? FewKiloLines : KiloLines).Select(size => GeneratedTree.Write(Path.Combine(scratch, $"source-{size}"), size)).ToList();
        var times = trees.ConvertAll(_ => new RuleTimes());
        var empty = await EmptyRule.CompileAsync(compiler, scratch, stop);
        foreach (var tree in trees)
        {
            await CheckAsync(tree, stop);
        }

        var contenders = trees.Zip(times).SelectMany(step => (Contender[])
        [
            new($"bare {step.First.KiloLines:F0}", async stop => (await compiler.CompileAsync(step.First, null, [], stop)).Sample),
            new($"ours {step.First.KiloLines:F0}", stop => TimeAsync(step.First, empty, step.Second, stop)),
        ]);
        var series = await Rounds.MeasureAsync([.. contenders], settings.Rounds ?? (settings.Short ? 1 : 3), warmUp, settings.Progress, stop);
        var steps = trees.Select((tree, i) => Step(tree, series[2 * i], series[(2 * i) + 1], times[i])).ToList();
        // The first lines pay for loading and compiling the rules, so the smallest tree need not be the cheapest per line.
        var growth = steps[^1].RulesMsPerKiloLine / steps.Take(steps.Count - 1).Min(step => step.RulesMsPerKiloLine);
        return new Report("analyzers", new { BuildFacts.Sdk, Steps = steps }, [CostTables.Of(steps), CostTables.PerRule(steps)],
            [new Goal("rules' own time per line in the largest tree, times the best of the smaller ones", MostOfSmaller, growth, "0.00 x")], [], [], _wrong);
    }

    private static GrowthStep Step(SourceTree tree, Series bare, Series ours, RuleTimes times) => new(
        tree.KiloLines, bare.Seconds, ours.Seconds, ours.RatioTo(bare), ours.CpuRatioTo(bare), times.Total, times.Total * 1000 / tree.KiloLines,
        times.Rules.ToDictionary(rule => rule, times.Seconds));

    private async Task CheckAsync(SourceTree tree, CancellationToken stop)
    {
        var log = Path.Combine(scratch, "findings.sarif");
        var result = await compiler.CompileAsync(tree, own, [$"/errorlog:{log},version=2.1"], stop);
        var findings = Findings.Read(log);
        if ((Findings.WhyBroken(findings) ?? (result.ExitCode != 0 ? result.Output.Split('\n')[0] : GeneratedTree.WhyNotFound(tree, findings))) is { } wrong)
        {
            _wrong.Add($"our rules on {tree}: {wrong}");
        }
    }

    // The empty rule goes first, or the first of ours would pay for what the compiler does once.
    private async Task<Sample> TimeAsync(SourceTree tree, RuleSet empty, RuleTimes times, CancellationToken stop)
    {
        var result = await compiler.CompileAsync(tree, empty, [.. own.Arguments(), "/reportanalyzer"], stop);
        times.Add(result.Output);
        return result.Sample;
    }
}

/// <summary>One size of the code.</summary>
internal sealed record GrowthStep(
    double KiloLines, double BareSeconds, double Seconds, double Ratio, double? CpuRatio, double RulesSeconds, double RulesMsPerKiloLine, IReadOnlyDictionary<string, double> RuleSeconds);
