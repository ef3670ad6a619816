using System.Text;
using Hardening.Cli.Scanning;
using Hardening.Cli.Tests.Projects;

namespace Hardening.Cli.Tests.Scanning;

public sealed class BaselineTests
{
    private SourceFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = SourceFolder.Make();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task It_has_a_line_for_each_finding_in_order_and_is_read_back()
    {
        var text = await TextAsync(Baseline.Of(FakeScan.Of(FakeScan.Finding("b.cs", symbol: "B.Get<T>(\"x\")"), FakeScan.Finding("a.cs", 9, fingerprint: "22"), FakeScan.Finding("a.cs", 3, fingerprint: "11"))));
        Assert.Multiple(() =>
        {
            Assert.That(text, Is.EqualTo("""
                {
                  "format": "hardening.baseline",
                  "version": 1,
                  "findings": [
                    { "file": "a.cs", "rule": "HRD1001", "symbol": "A.Run()", "fingerprint": "11" },
                    { "file": "a.cs", "rule": "HRD1001", "symbol": "A.Run()", "fingerprint": "22" },
                    { "file": "b.cs", "rule": "HRD1001", "symbol": "B.Get<T>(\"x\")", "fingerprint": "b.cs1HRD1001" }
                  ]
                }

                """.ReplaceLineEndings("\n")));
            Assert.That(Baseline.Read(_folder.Write("known.json", text)).Entries[2], Is.EqualTo(new BaselineEntry("b.cs", "HRD1001", "B.Get<T>(\"x\")", "b.cs1HRD1001")));
        });
    }

    [Test]
    public async Task An_empty_one_is_read_back() =>
        Assert.That(Baseline.Read(_folder.Write("known.json", await TextAsync(Baseline.Of(FakeScan.Of())))).Entries, Is.Empty);

    [Test]
    public void What_is_known_is_marked_and_what_is_gone_is_told()
    {
        var (stays, gone) = (FakeScan.Finding(fingerprint: "11"), FakeScan.Finding(fingerprint: "22"));
        var (result, missing) = Baseline.Of(FakeScan.Of(stays, gone)).Compare(FakeScan.Of(stays, FakeScan.Finding(line: 5, fingerprint: "33")));
        Assert.Multiple(() =>
        {
            Assert.That(result.HasBaseline, Is.True);
            Assert.That(result.Findings.Select(finding => finding.IsKnown), Is.EqualTo(new[] { true, false }));
            Assert.That(missing.Select(entry => entry.Fingerprint), Is.EqualTo(new[] { "22" }));
        });
    }

    [Test]
    public void What_a_rule_that_did_not_run_had_found_is_not_gone() =>
        Assert.That(Baseline.Of(FakeScan.Of(FakeScan.Finding(rule: "HRD3001"))).Compare(FakeScan.Of()).Gone, Is.Empty);

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{ "format": "other", "version": 1, "findings": [] }""")]
    [TestCase("""{ "format": "hardening.baseline", "version": "1", "findings": [] }""")]
    [TestCase("""{ "format": "hardening.baseline", "version": 1, "findings": {} }""")]
    [TestCase("""{ "format": "hardening.baseline", "version": 1, "findings": [ 1 ] }""")]
    [TestCase("""{ "format": "hardening.baseline", "version": 1, "findings": [ { "file": "a.cs" } ] }""")]
    [TestCase("""{ "format": "hardening.baseline", "version": 1, "findings": [ { "file": null, "rule": "HRD1001", "symbol": "", "fingerprint": "" } ] }""")]
    [TestCase("<<<<<<< HEAD")]
    public void A_damaged_one_is_one_clear_error(string text) =>
        Assert.That(() => Baseline.Read(_folder.Write("known.json", text)), Throws.TypeOf<CommandFailedException>().With.Message.Contains("known.json").And.Message.Contains("is damaged"));

    [Test]
    public void A_newer_one_is_told_as_that() =>
        Assert.That(() => Baseline.Read(_folder.Write("known.json", """{ "format": "hardening.baseline", "version": 2, "findings": [] }""")), Throws.TypeOf<CommandFailedException>().With.Message.Contains("version 2"));

    [Test]
    public void One_that_is_not_there_is_told() =>
        Assert.That(() => Baseline.Read(Path.Combine(_folder.Root, "none.json")), Throws.TypeOf<CommandFailedException>().With.Message.Contains("--write-baseline"));

    private static async Task<string> TextAsync(Baseline baseline)
    {
        using var stream = new MemoryStream();
        await baseline.WriteAsync(stream, CancellationToken.None);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
