using Hardening.Benchmarks.Analyzers;
using Hardening.Benchmarks.Comparison;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Tests.Comparison;

/// <summary><c>docs/comparison.md</c> is what a run writes: one row is run again here, all rows are there.</summary>
[CancelAfter(600_000)]
public sealed class ComparisonTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(BuildFacts.Repository, "docs", "comparison.md"));

    [TestCase("HRD1001")]
    [TestCase("HRD3001")]
    public async Task A_run_gives_the_row_of_the_page(string rule, CancellationToken stop)
    {
        var result = await BenchmarksProgram.RunAsync(["comparison", "--rule", rule], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output, Does.StartWith($"| [{rule}]").And.Match(@"\*\*[A-Z]+\d+\*\* \d/\d"));
        Assert.That(Page, Does.Contain(result.Output.TrimEnd()));
    }

    [Test]
    public void The_page_has_a_row_for_every_rule()
    {
        foreach (var rule in RulePage.Load(Path.Combine(BuildFacts.Repository, "docs", "rules"), wanted: null))
        {
            Assert.That(Page, Does.Contain($"| [{rule.Id}](rules/{rule.Id}.md) {rule.Title} |"));
        }
    }

    [TestCase("comparison", "--rule", "HRD9999")]
    public async Task Bad_input_is_told_on_one_line(params string[] arguments)
    {
        var result = await BenchmarksProgram.RunAsync(arguments, CancellationToken.None);
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Errors, Does.StartWith("comparison: --rule must be the id of a rule").And.Not.Contain("   at "));
    }

    [TestCase("HRD3001 IDISP004", TestName = "{m}(no verdict)")]
    [TestCase("HRD3001 IDISP004 alike", TestName = "{m}(an unknown verdict)")]
    [TestCase("HRD3001 IDISP004 same\nHRD3001 IDISP004 near", TestName = "{m}(two verdicts)")]
    public void A_line_that_judges_nothing_is_an_error(string lines)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, lines);
            Assert.That(() => Judgements.Load(path), Throws.TypeOf<BenchmarkException>().With.Message.Contains("each pair once"));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
