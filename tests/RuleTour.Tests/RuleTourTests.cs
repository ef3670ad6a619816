using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hardening.Analyzers.Locks;
using Hardening.Processes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace RuleTour.Tests;

/// <summary>The sample as people run it, and what the compiler said when it was built.</summary>
[Platform("Linux")]
public sealed partial class RuleTourTests
{
    private static readonly string[] s_rules =
        [.. from type in typeof(HRD1001LockOnUnfitObjectAnalyzer).Assembly.GetTypes()
            where !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer))
            from rule in ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics
            select rule.Id into id
            orderby id
            group id by id into ids
            select ids.Key];

    private static string Sample => Path.Combine(Baseline.RepositoryRoot, "samples", "RuleTour");

    [Test]
    public void Every_rule_has_a_file_of_its_own() =>
        Assert.That(Marks().Select(mark => mark.Rule).Distinct(), Is.EquivalentTo(s_rules));

    [Test]
    public void Each_file_reports_its_rule_at_the_marked_lines_and_nothing_else() => Assert.Multiple(() =>
    {
        var reported = Findings().ToLookup(finding => finding.File, finding => (finding.Rule, finding.Line));
        var marked = Marks().ToLookup(mark => mark.File, mark => (mark.Rule, mark.Line));
        foreach (var file in marked.Select(file => file.Key).Union(reported.Select(file => file.Key)))
        {
            Assert.That(reported[file], Is.EquivalentTo(marked[file]), file);
            Assert.That(marked[file].Select(mark => mark.Rule).Distinct(), Is.EqualTo(new[] { Path.GetFileName(file)[.."HRD1001".Length] }), $"{file}: one rule a file");
        }
    });

    [Test, CancelAfter(60_000)]
    public async Task Tour_tells_every_rule_with_title_place_page_and_fix(CancellationToken timeout)
    {
        var tour = await RunAsync(timeout);
        Assert.That(tour.Exit.ExitCode, Is.Zero, tour.StandardOutput + tour.StandardError);
        Assert.Multiple(() =>
        {
            foreach (var (rule, title, hasFix) in Index())
            {
                Assert.That(tour.StandardOutput, Does.Contain($"\n{rule} {title}\n"));
                Assert.That(tour.StandardOutput, Does.Contain($"\n  docs/rules/{rule}.md, {(hasFix ? $"harden fix --rule {rule}" : "no fix")}\n"));
            }

            foreach (var (file, line, _) in Marks())
            {
                Assert.That(tour.StandardOutput, Does.Contain($"\n  samples/RuleTour/{file}:{line}: "));
            }

            Assert.That(tour.StandardOutput, Does.Contain($"\n{s_rules.Length} rules, {Index().Count(rule => rule.HasFix)} of them with a fix."));
        });
    }

    [Test, CancelAfter(60_000)]
    public async Task One_rule_is_told_with_its_source_and_the_reason(CancellationToken timeout)
    {
        var tour = await RunAsync(timeout, "hrd3003");
        Assert.That(tour.Exit.ExitCode, Is.Zero, tour.StandardOutput + tour.StandardError);
        var (file, line, _) = Marks().Single(mark => mark.Rule == "HRD3003");
        var source = await File.ReadAllLinesAsync(Path.Combine(Sample, file), timeout);
        Assert.That(tour.StandardOutput, Does.StartWith("HRD3003 Kill a process with its descendants (Processes, harden fix --rule HRD3003)\n"));
        Assert.That(tour.StandardOutput, Does.Contain($"> {line,3}  {source[line - 1]}\n").And.Contain("^ ").And.Contain("On a tree of 200 processes, `Kill()` left 199 alive."));
        Assert.That(tour.StandardOutput, Does.Not.Contain("HRD3004"));
    }

    [TestCase("HRD1099", "there is no rule 'HRD1099' in the tour")]
    [TestCase("--colour", "there is no rule '--colour' in the tour")]
    [TestCase("HRD1001 HRD1002", "one rule at most can be looked at, but 2 arguments were given")]
    [CancelAfter(60_000)]
    public async Task What_is_wrong_with_the_arguments_is_said_in_one_line(string arguments, string problem, CancellationToken timeout)
    {
        var tour = await RunAsync(timeout, arguments.Split(' '));
        Assert.That(tour.Exit.ExitCode, Is.EqualTo(2));
        Assert.That(tour.StandardError, Does.StartWith($"rule-tour: {problem}").And.Matches(@"\A[^\n]+\.\n\z"));
        Assert.That(tour.StandardOutput, Is.Empty);
    }

    // What the compiler said when the sample was built: the log is copied here with the program.
    private static List<(string Rule, string File, int Line)> Findings()
    {
        using var log = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "RuleTour.sarif")));
        return
        [
            .. from result in log.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
                let place = result.GetProperty("locations")[0].GetProperty("physicalLocation")
                let path = new Uri(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath
                let rule = result.GetProperty("ruleId").GetString()!
                where rule.StartsWith("HRD", StringComparison.Ordinal)
                select (rule, Path.GetRelativePath(Sample, path), place.GetProperty("region").GetProperty("startLine").GetInt32()),
        ];
    }

    private static List<(string File, int Line, string Rule)> Marks() =>
    [
        .. from path in Directory.EnumerateFiles(Sample, "*", SearchOption.AllDirectories)
            where path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".hardening.json", StringComparison.Ordinal)
            from line in File.ReadLines(path).Index()
            from Match mark in Mark().Matches(line.Item)
            select (Path.GetRelativePath(Sample, path), line.Index + 1, mark.Groups["rule"].Value),
    ];

    private static IEnumerable<(string Rule, string Title, bool HasFix)> Index() =>
        Row().Matches(File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs", "rules", "index.md")))
            .Select(row => (row.Groups["rule"].Value, row.Groups["title"].Value, row.Groups["fix"].Value == "yes"));

    private static Task<ProcessResult> RunAsync(CancellationToken stop, params string[] arguments) =>
        SupervisedProcess.RunAsync(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "RuleTour.dll"), .. arguments]) { WorkingDirectory = Baseline.RepositoryRoot },
            cancellationToken: stop);

    [GeneratedRegex("""(// |"exhibit": ")(?<rule>HRD\d{4})\b""")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^\| \[(?<rule>HRD\d{4})\]\(\S+\) \| (?<title>.*?) \| .* \| (?<fix>\S+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
