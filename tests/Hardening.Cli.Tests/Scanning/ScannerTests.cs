using Hardening.Cli.Projects;
using Hardening.Cli.Scanning;
using Hardening.Cli.Tests.Projects;

namespace Hardening.Cli.Tests.Scanning;

/// <summary>Over code that was built.</summary>
public sealed class ScannerTests
{
    private BuiltSample _sample = null!;
    private ScanOutcome _outcome = null!;

    [OneTimeSetUp]
    [CancelAfter(300_000)]
    public async Task Scan()
    {
        _sample = await BuiltSample.Shared;
        _outcome = await ScanAsync(new ScanOptions());
    }

    [Test]
    public void What_is_built_for_two_frameworks_is_found_once()
    {
        var finding = _outcome.Result.Findings.Single(finding => finding.Place.File == "src/Lib/Gate.cs");
        Assert.Multiple(() =>
        {
            Assert.That(finding.RuleId, Is.EqualTo("HRD1001"));
            Assert.That(finding.Place, Is.EqualTo(new FindingPlace("src/Lib/Gate.cs", 9, 19, 9, 23)));
            Assert.That(finding.Symbol, Is.EqualTo("Lib.Gate.Enter()"));
            Assert.That((finding.SnippetStart, finding.Snippet[2].Trim()), Is.EqualTo((7, "lock (this)")));
            Assert.That(finding.Project, Is.EqualTo("Lib (net10.0)"));
            Assert.That(finding.IsFixable, Is.True);
            Assert.That(finding.Severity, Is.EqualTo(FindingSeverity.Warning));
        });
    }

    [Test]
    public void Loose_projects_are_scanned_too_and_tell_what_they_could_not_resolve()
    {
        var notes = _outcome.Result.Projects.Single(project => project.Name == "NoPackage").Notes;
        Assert.Multiple(() =>
        {
            Assert.That(_outcome.Result.Findings.Select(finding => finding.Place.File), Is.EqualTo(new[] { "src/Bad/Bad.cs", "src/Lib/Gate.cs", "src/NoPackage/Uses.cs" }));
            Assert.That(notes, Has.Some.EqualTo("1 name in 1 place could not be resolved, and rules are silent about what is behind them: There.Is (1)"));
        });
    }

    [Test]
    public void Built_projects_have_no_errors_that_the_build_did_not_have() =>
        Assert.That(_outcome.Result.Projects.Where(project => project.Mode == LoadMode.Built).SelectMany(project => project.Notes), Is.Empty);

    [Test]
    public void Only_what_people_wrote_is_counted() =>
        Assert.That(_outcome.Result.Projects.Select(project => (project.Name, project.Files)), Is.EqualTo(new[] { ("App", 1), ("Lib", 1), ("Lib", 1), ("Bad", 1), ("NoPackage", 1) }));

    [Test]
    public void All_rules_ran() => Assert.Multiple(() =>
    {
        Assert.That(_outcome.RulesNotRun, Is.Empty);
        Assert.That(_outcome.Result.Notes, Is.Empty);
        Assert.That(_outcome.Result.Rules, Has.Count.GreaterThan(50).And.All.Matches<ScannedRule>(rule => rule!.Title.Length > 0 && rule.HelpUri.EndsWith($"{rule.Id}.md", StringComparison.Ordinal)));
    });

    [TestCase("strict", nameof(FindingSeverity.Error))]
    [TestCase("audit", nameof(FindingSeverity.Info))]
    [TestCase("recommended", nameof(FindingSeverity.Warning))]
    [CancelAfter(60_000)]
    public async Task A_preset_sets_the_severities(string preset, string severityName)
    {
        var severity = Enum.Parse<FindingSeverity>(severityName);
        var result = (await ScanAsync(new ScanOptions { Preset = preset, Rules = ["HRD1001"] })).Result;
        Assert.Multiple(() =>
        {
            Assert.That(result.Findings.Select(finding => finding.Severity), Is.EqualTo(Enumerable.Repeat(severity, 3)));
            Assert.That(result.Rules.Select(rule => (rule.Id, rule.Severity)), Is.EqualTo(new[] { ("HRD1001", severity) }));
        });
    }

    [Test]
    public void What_is_less_bad_than_asked_for_is_left_out() =>
        Assert.That(async () => (await ScanAsync(new ScanOptions { MinSeverity = FindingSeverity.Error, Rules = ["HRD1*"] })).Result.Findings, Is.Empty);

    [Test]
    public void Rules_are_named_by_patterns() => Assert.That(RuleCatalog.Of(["hrd10*", "HRD2001"]).Rules.Keys, Is.EqualTo(
        new[] { "HRD1001", "HRD1002", "HRD1003", "HRD1004", "HRD1005", "HRD1006", "HRD1007", "HRD1008", "HRD1009", "HRD1010", "HRD1011", "HRD1012", "HRD1013", "HRD1014", "HRD2001" }));

    [Test]
    public void A_pattern_that_names_no_rule_is_wrong_use() =>
        Assert.That(() => RuleCatalog.Of(["HRD1001", "CA2000"]), Throws.TypeOf<CommandFailedException>().With.Message.Contains("'CA2000'").And.Property("ExitCode").EqualTo(ExitCodes.WrongUse));

    private Task<ScanOutcome> ScanAsync(ScanOptions options) =>
        new Scanner(TimeProvider.System, options).ScanAsync(_sample.Code, ".", DateTimeOffset.UnixEpoch, _ => { }, TestContext.CurrentContext.CancellationToken);
}
