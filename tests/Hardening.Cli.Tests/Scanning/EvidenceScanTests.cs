using System.Text.Json;

namespace Hardening.Cli.Tests.Scanning;

/// <summary>What was measured in the running application reaches the statement, and all that is found there.</summary>
[CancelAfter(120_000)]
public sealed class EvidenceScanTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("harden-evidence-").FullName;

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Findings_at_a_statement_that_reports_name_have_the_measured_seconds()
    {
        Write("src/Server.cs", "// a line more than it was\nclass Server\n{\n    void Inspect()\n    {\n        lock (this)\n        {\n        }\n    }\n}\n");
        Write("stalls/1.hardening.json", Report("1", "Server.Inspect", seconds: 2.5));
        Write("stalls/2.hardening.json", Report("2", "Server.Inspect", seconds: 1.25));
        Write("stalls/3.hardening.json", Report("3", "Server.Gone", seconds: 1));
        Write("stalls/4.hardening.json", "{");
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await HardenProgram.RunAsync(["scan", Path.Combine(_folder, "src"), "--loose", "--evidence", Path.Combine(_folder, "stalls", "*.hardening.json"), "--json"], output, error, TimeProvider.System);
        Assert.That(code, Is.EqualTo(ExitCodes.Found), error.ToString());
        using var result = JsonDocument.Parse(output.ToString());
        var findings = result.RootElement.GetProperty("findings").EnumerateArray().Select(finding => (
            Rule: finding.GetProperty("ruleId").GetString(),
            File: Path.GetFileName(finding.GetProperty("place").GetProperty("file").GetString()),
            Line: finding.GetProperty("place").GetProperty("startLine").GetInt32(),
            Evidence: finding.TryGetProperty("evidence", out var evidence) ? evidence.GetString() : null,
            Message: finding.GetProperty("message").GetString())).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(findings.Where(finding => finding.File == "Server.cs").Select(finding => (finding.Rule, finding.Line, finding.Evidence)), Is.EquivalentTo(new[] { ("HRD1001", 6, "3.8 s in 2 stalls"), ("HRD9001", 6, "3.8 s in 2 stalls") }));
            Assert.That(findings.Single(finding => finding.Rule == "HRD9001").Message, Is.EqualTo("'lock (this)' in 'Inspect' is named by 2 stall reports: up to 7 threads waited for a lock here, 3.8 s in all, 2.5 s at worst (last 2026-11-22, moved from line 5)"));
            Assert.That(findings.Where(finding => finding.Rule == "HRD9002").Select(finding => finding.File), Is.EqualTo(new[] { "3.hardening.json", "4.hardening.json" }));
        });
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static string Report(string id, string method, double seconds) => JsonSerializer.Serialize(new
    {
        format = "hardening.stall-report",
        version = 1,
        report = new
        {
            id,
            startedAt = "2026-11-22T20:03:38+00:00",
            duration = seconds,
            verdict = new { cause = "lockContention" },
            locks = new[] { new { kind = "Monitor", waiters = 7, waitersAt = new { method, file = "/_/src/Server.cs", line = 5 } } },
        },
    });
}
