using System.Text.Json;
using Hardening.Cli.Scanning;
using Hardening.Cli.Tests.Projects;

namespace Hardening.Cli.Tests.Scanning;

/// <summary>The whole verb, over loose code, which needs no build.</summary>
public sealed class ScanCommandTests
{
    private const string Locked = "class A { int _n; void Run() { lock (this) { _n++; } } }\n";
    private const string Clean = "class A { int _n; void Run() { _n++; } }\n";

    private SourceFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = SourceFolder.Make();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase(Locked, "", ExitCodes.Found)]
    [TestCase(Clean, "", ExitCodes.Clean)]
    [TestCase(Locked, "--fail-on none", ExitCodes.Clean)]
    [TestCase(Locked, "--fail-on error", ExitCodes.Clean)]
    [TestCase(Locked, "--fail-on error --preset strict", ExitCodes.Found)]
    [TestCase(Locked, "--fail-on info --preset audit", ExitCodes.Found)]
    [TestCase(Locked, "--preset audit", ExitCodes.Clean)]
    [TestCase(Locked, "--rule HRD2*", ExitCodes.Clean)]
    [TestCase(Locked, "--rule HRD2*,HRD1001", ExitCodes.Found)]
    [CancelAfter(60_000)]
    public async Task The_exit_code_tells_whether_something_is_as_bad_as_asked_for(string source, string options, int code)
    {
        _folder.Write("A.cs", source);
        Assert.That((await RunAsync(options)).Code, Is.EqualTo(code));
    }

    [TestCase("--fail-on never")]
    [TestCase("--preset none")]
    [TestCase("--rule XYZ")]
    [TestCase("--build-limit 5")]
    [TestCase("--build-limit 0m")]
    [TestCase("-p TargetFrameworks")]
    public async Task Wrong_use_is_told_in_one_line_before_the_work(string options)
    {
        _folder.Write("A.cs", Locked);
        var (code, output, error) = await RunAsync(options);
        Assert.That((code, output, error.Split('\n').Length), Is.EqualTo((ExitCodes.WrongUse, "", 1)), error);
    }

    [TestCase("--baseline none.json")]
    [TestCase("--sarif none/out.sarif")]
    [TestCase("--html .")]
    [TestCase("--evidence none.hardening.json")]
    public async Task What_cannot_be_done_is_told_in_one_line_before_the_work(string options)
    {
        _folder.Write("A.cs", Locked);
        var (code, output, error) = await RunAsync(options);
        Assert.That((code, output, error.Split('\n').Length), Is.EqualTo((ExitCodes.Failed, "", 1)), error);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_baseline_lets_only_new_findings_fail()
    {
        var source = _folder.Write("A.cs", Locked);
        var written = await RunAsync("--write-baseline known.json");
        File.WriteAllText(source, "// moved\n\n" + Locked);
        var same = await RunAsync("--baseline known.json");
        File.AppendAllText(source, Locked.Replace("class A", "class B", StringComparison.Ordinal));
        var more = await RunAsync("--baseline known.json");
        File.WriteAllText(source, Clean);
        var less = await RunAsync("--baseline known.json");
        Assert.Multiple(() =>
        {
            Assert.That((written.Code, same.Code, more.Code, less.Code), Is.EqualTo((ExitCodes.Clean, ExitCodes.Clean, ExitCodes.Found, ExitCodes.Clean)));
            Assert.That(more.Output, Does.StartWith("A.cs:4 HRD1001").And.Contains("2 warnings, 0 info, 1 of them new"));
            Assert.That(less.Output, Does.Contain("Gone from the baseline: 1"));
        });
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task All_forms_of_a_result_come_from_one_scan_and_nothing_else_is_written()
    {
        _folder.Write("A.cs", Locked);
        var (_, output, error) = await RunAsync("--json --sarif out.sarif --html out.html --write-baseline known.json");
        var result = JsonSerializer.Deserialize<ScanResult>(output, Terminal.JsonForm)!;
        using var sarif = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder.Root, "out.sarif")));
        Assert.Multiple(() =>
        {
            Assert.That(result.Findings.Select(finding => finding.RuleId), Is.EqualTo(new[] { "HRD1001" }));
            Assert.That(sarif.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("ruleId").GetString(), Is.EqualTo("HRD1001"));
            Assert.That(File.ReadAllText(Path.Combine(_folder.Root, "out.html")), Does.Contain("HRD1001"));
            Assert.That(Directory.GetFiles(_folder.Root).Select(Path.GetFileName), Is.EquivalentTo(new[] { "A.cs", "out.sarif", "out.html", "known.json" }));
            Assert.That(error, Does.Contain("scanning 1 of 1"));
        });
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task The_settings_of_the_code_hold()
    {
        _folder.Write("A.cs", Locked);
        _folder.Write("B.cs", "#pragma warning disable HRD1001\n" + Locked.Replace("class A", "class B", StringComparison.Ordinal));
        _folder.Write("old/C.cs", Locked.Replace("class A", "class C", StringComparison.Ordinal));
        _folder.Write("old/.editorconfig", "[*.cs]\ndotnet_diagnostic.HRD1001.severity = none\n");
        Assert.That((await RunAsync("")).Output.Split('\n').Where(line => line.Contains(".cs:", StringComparison.Ordinal)).ToList(), Has.Count.EqualTo(1).And.All.StartsWith("A.cs:1"));
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string options)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        // Files are meant to be in the folder, wherever the test runs.
        var arguments = options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Contains(".json", StringComparison.Ordinal) || part.Contains("out.", StringComparison.Ordinal) || part == "." ? Path.Combine(_folder.Root, part) : part);
        var code = await HardenProgram.RunAsync(["scan", _folder.Root, .. arguments], output, error, TimeProvider.System);
        return (code, output.ToString().ReplaceLineEndings("\n").TrimEnd(), error.ToString().ReplaceLineEndings("\n").TrimEnd());
    }
}
