using Hardening.Cli.Scanning;

namespace Hardening.Cli.Tests.Scanning;

public sealed class FindingsTests
{
    [Test]
    public void One_place_is_told_once_with_the_worst_severity_and_the_first_project()
    {
        var one = FakeScan.Finding() with { Project = "App (net8.0)" };
        var merged = Findings.Merge([FakeScan.Raw(one), FakeScan.Raw(one with { Project = "App (net10.0)", Severity = FindingSeverity.Error })]);
        Assert.That(merged.Select(finding => (finding.Project, finding.Severity)), Is.EqualTo(new[] { ("App (net8.0)", FindingSeverity.Error) }));
    }

    [Test]
    public void They_come_by_file_line_and_rule()
    {
        var merged = Findings.Merge([
            FakeScan.Raw(FakeScan.Finding("b.cs")), FakeScan.Raw(FakeScan.Finding("a.cs", 7)), FakeScan.Raw(FakeScan.Finding("a.cs", 3, "HRD2003")), FakeScan.Raw(FakeScan.Finding("a.cs", 3)),
        ]);
        Assert.That(merged.Select(finding => $"{finding.Place.File} {finding.Place.StartLine} {finding.RuleId}"), Is.EqualTo(new[] { "a.cs 3 HRD1001", "a.cs 3 HRD2003", "a.cs 7 HRD1001", "b.cs 1 HRD1001" }));
    }

    [Test]
    public void A_fingerprint_stays_when_lines_move_and_tells_equal_lines_apart()
    {
        var before = Findings.Merge([FakeScan.Raw(FakeScan.Finding(line: 3)), FakeScan.Raw(FakeScan.Finding(line: 9))]).Select(finding => finding.Fingerprint).ToList();
        var after = Findings.Merge([FakeScan.Raw(FakeScan.Finding(line: 13)), FakeScan.Raw(FakeScan.Finding(line: 19))]).Select(finding => finding.Fingerprint).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(after, Is.EqualTo(before));
            Assert.That(before, Is.Unique);
            Assert.That(before, Has.All.Match("^[0-9a-f]{32}$"));
        });
    }

    [Test]
    public void A_fingerprint_changes_with_rule_file_member_and_text()
    {
        var finding = FakeScan.Finding();
        RawFinding[] raw = [
            FakeScan.Raw(finding), FakeScan.Raw(finding with { RuleId = "HRD1002" }), FakeScan.Raw(FakeScan.Finding("b.cs")), FakeScan.Raw(finding with { Symbol = "A.Stop()" }), FakeScan.Raw(finding, "lock(that)"),
        ];
        Assert.That(raw.Select(one => Findings.Merge([one])[0].Fingerprint), Is.Unique);
    }

    [Test]
    public void What_was_measured_at_a_line_is_told_of_all_findings_there()
    {
        var merged = Findings.Merge([
            FakeScan.Raw(FakeScan.Finding(line: 3)), FakeScan.Raw(FakeScan.Finding(line: 3, rule: "HRD9001") with { Evidence = "12.4 s in 31 stalls" }), FakeScan.Raw(FakeScan.Finding(line: 4)),
        ]);
        Assert.That(merged.Select(finding => finding.Evidence), Is.EqualTo(new[] { "12.4 s in 31 stalls", "12.4 s in 31 stalls", null }));
    }

    [Test]
    public void Evidence_that_another_project_has_is_not_stale()
    {
        var found = FakeScan.Raw(FakeScan.Finding(rule: "HRD9001"), properties: ("places", "A.Run|a.cs|3\nA.Stop|a.cs|9"));
        var stale = FakeScan.Raw(FakeScan.Finding("r.hardening.json", rule: "HRD9002"), properties: [("kind", "stale"), ("place", "A.Stop|a.cs|9")]);
        var gone = FakeScan.Raw(FakeScan.Finding("r.hardening.json", 2, "HRD9002"), properties: [("kind", "stale"), ("place", "A.Gone|a.cs|1")]);
        Assert.That(SharedEvidence.WithoutFound([found, stale, gone], 2), Is.EqualTo(new[] { found, gone }));
    }

    [TestCase(2, true)]
    [TestCase(3, false)]
    public void Evidence_is_foreign_if_it_is_to_all_projects(int projects, bool isTold)
    {
        var foreign = FakeScan.Raw(FakeScan.Finding("r.hardening.json", rule: "HRD9002"), properties: ("kind", "foreign"));
        Assert.That(SharedEvidence.WithoutFound([foreign, foreign], projects), isTold ? Is.Not.Empty : Is.Empty);
    }
}
