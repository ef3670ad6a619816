using System.CommandLine;
using Hardening.Benchmarks.Analyzers;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Comparison;

/// <summary>Runs the rules of others over the examples of our pages, and writes <c>docs/comparison.md</c> from what they report.</summary>
internal sealed class ComparisonCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    private readonly Option<string?> _rule = new("--rule") { Description = "Only this rule, and only its row, on standard output.", HelpName = "HRDxxxx" };
    private readonly Option<bool> _list = new("--list") { Description = "Lists what is reported on the lines of ours, judged or not, and writes nothing." };
    private readonly TimeProvider _time;

    public ComparisonCommand(TimeProvider time)
    {
        _time = time;
        Command = new Command("comparison", "What other analyzers report on the examples of our rules: writes docs/comparison.md.") { _rule, _list };
        Command.SetAction(RunAsync);
    }

    public Command Command { get; }

    private static string Pages => Path.Combine(BuildFacts.Repository, "docs", "rules");

    private static string Page => Path.Combine(BuildFacts.Repository, "docs", "comparison.md");

    private static string Judged => Path.Combine(BuildFacts.Repository, "tests", "Hardening.Benchmarks", "Comparison", "judgements.txt");

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Limit, _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        var scratch = Directory.CreateTempSubdirectory("hardening-comparison-").FullName;
        try
        {
            return await CompareAsync(arguments, scratch, end.Token);
        }
        catch (Exception e) when (e is BenchmarkException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"comparison: {e.Message.TrimEnd('.')}.");
            return e is BenchmarkException { IsBadInput: true } ? Benchmark.BadInput : Benchmark.WrongResult;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(stop.IsCancellationRequested ? "comparison: interrupted." : $"comparison: not done within {Limit}.");
            return Benchmark.WrongResult;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private async Task<int> CompareAsync(ParseResult arguments, string scratch, CancellationToken stop)
    {
        var wanted = arguments.GetValue(_rule);
        var pages = RulePage.Load(Pages, wanted);
        var judgements = Judgements.Load(Judged);
        var child = new ChildProgram(_time);
        var (packages, missing) = await new PeerPackages(child, scratch, withRulesOfTheSdk: true).RestoreAsync(stop);
        if (missing.Count > 0)
        {
            throw new BenchmarkException($"a package is missing, and without it the page would be wrong: {string.Join("; ", missing)}");
        }

        using var server = await CompileServer.StartAsync(stop);
        var peers = await PeerRules.LoadAsync(new CSharpCompiler(child, server, scratch), packages, scratch, stop);
        var rules = new List<RuleComparison>();
        foreach (var page in pages)
        {
            rules.Add(await RuleComparison.RunAsync(page, peers, stop));
            await Console.Error.WriteLineAsync($"{page.Id}: {rules[^1].Answers.Count} rules of others speak");
        }

        if (arguments.GetValue(_list))
        {
            List(rules, judgements, peers);
            return 0;
        }

        string[] open = [.. from rule in rules from answer in rule.Answers where judgements.Of(rule.Page.Id, answer.Id) is null select $"{rule.Page.Id} {answer.Id} # {peers.Titles[answer.Id]}"];
        if (open.Length > 0)
        {
            throw new BenchmarkException($"nobody has judged these pairs; add a line for each to '{Judged}':\n{string.Join('\n', open)}");
        }

        if (wanted is not null)
        {
            Console.WriteLine(ComparisonPage.Row(rules[0], judgements));
            return 0;
        }

        await File.WriteAllTextAsync(Page, ComparisonPage.Write(rules, packages, judgements, peers), stop);
        Console.WriteLine($"{Page}: {rules.Count} rules.");
        return 0;
    }

    private static void List(List<RuleComparison> rules, Judgements judgements, PeerRules peers)
    {
        foreach (var rule in rules)
        {
            foreach (var answer in rule.Answers)
            {
                var place = (answer.Lines, answer.IsElsewhere) switch { (0, _) => "elsewhere", (var lines, _) => $"{lines}/{rule.Lines}" };
                Console.WriteLine($"{rule.Page.Id} {answer.Id} {judgements.Of(rule.Page.Id, answer.Id)?.ToString() ?? "?"} # {place}{(answer.IsInFixed ? ", also in the corrected example" : "")}: {peers.Titles[answer.Id]}");
            }
        }
    }
}
