namespace Hardening.Analyzers.Tests.Realistic;

/// <summary>All rules over code as applications have it: they find the mistakes in it, and nothing else.</summary>
public sealed class RealisticCodeTests
{
    private const int LeastFiles = 80;
    private const int LeastLines = 80;
    private const int MostLines = 200;

    private static readonly ImmutableArray<RealisticFile> Findings = [.. RealisticFile.In("Findings")];
    private static readonly ImmutableArray<RealisticFile> Clean = [.. RealisticFile.In("Clean")];

    // A mark of a rule that is still to come does not count yet.
    private static readonly ImmutableHashSet<string> Ids = [.. AllRules.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id)];

    [TestCaseSource(nameof(FindingsCases))]
    public async Task Reports_what_is_marked_in(int index)
    {
        var file = Findings[index];
        var marked = file.Marked.Where(mark => Ids.Contains(mark.Id)).ToList();
        var reported = await ReportedAsync(file);
        Assert.That(Differences(file, marked, reported), Is.Empty);
    }

    [TestCaseSource(nameof(CleanCases))]
    public async Task Is_silent_on(int index)
    {
        var file = Clean[index];
        Assert.That(Differences(file, [], await ReportedAsync(file)), Is.Empty);
    }

    [Test]
    public void There_are_enough_files_with_findings_and_without()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Findings, Has.Length.GreaterThanOrEqualTo(LeastFiles));
            Assert.That(Clean, Has.Length.GreaterThanOrEqualTo(LeastFiles));
            Assert.That(Findings.Where(file => file.Marked.IsEmpty), Is.Empty, "nothing is marked");
            Assert.That(Clean.Where(file => !file.Marked.IsEmpty), Is.Empty, "marked, but in Clean");
            Assert.That(Findings.Concat(Clean).Where(file => file.LineCount is < LeastLines or > MostLines).Select(file => $"{file}: {file.LineCount}"), Is.Empty, "too short or too long");
        });
    }

    [Test]
    public void Every_rule_on_code_is_marked_in_two_files() =>
        Assert.That(Ids.Where(IsOnCode).Where(id => Findings.Count(file => file.Marked.Any(mark => mark.Id == id)) < 2), Is.Empty);

    // Those that begin with 9 speak of measurements, which these files do not have.
    private static bool IsOnCode(string id) => id.StartsWith("HRD", StringComparison.Ordinal) && id[3] is >= '1' and <= '4';

    private static IEnumerable<TestCaseData> FindingsCases() => Cases(Findings);

    private static IEnumerable<TestCaseData> CleanCases() => Cases(Clean);

    // By index: a case is then named by its file alone.
    private static IEnumerable<TestCaseData> Cases(ImmutableArray<RealisticFile> files) =>
        files.Select((file, index) => new TestCaseData(index).SetArgDisplayNames(file.Name));

    private static async Task<List<Finding>> ReportedAsync(RealisticFile file)
    {
        var project = RuleRunner.CreateProject(file.Documents, new Setup { References = ApplicationReferences.Of(file) });
        var reported = await RuleRunner.RunAsync(AllRules.Analyzers, project, file.Name);
        await Expectations.VerifyEditorAsync(AllRules.Analyzers, project, reported);
        return [.. reported.Select(diagnostic => new Finding(
            project.GetDocument(diagnostic.Location.SourceTree)!.Name, diagnostic.Location.GetLineSpan().StartLinePosition.Line, diagnostic.Id))];
    }

    private static string Differences(RealisticFile file, List<Finding> marked, List<Finding> reported) =>
        string.Concat(Without(marked, reported).Select(finding => $"\nmissing    {file.Describe(finding)}")
            .Concat(Without(reported, marked).Select(finding => $"\nunexpected {file.Describe(finding)}")));

    private static List<Finding> Without(List<Finding> all, List<Finding> others)
    {
        var left = all.ToList();
        others.ForEach(other => left.Remove(other));
        return left;
    }
}
