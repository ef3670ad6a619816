using System.Text.RegularExpressions;

namespace Hardening.Package.Tests;

/// <summary>What a user sees who adds the package: rules that the compiler silently leaves out are found here and nowhere else.</summary>
[CancelAfter(180_000)]
public sealed partial class PackageTests
{
    private const string LockOnThis = "class C { void M() { lock (this) { } } }";

    [Test]
    public async Task Every_rule_reports_the_violations_of_its_page(CancellationToken timeout)
    {
        var violations = Consumer.Violations().ToList();
        var consumer = new Consumer(violations);
        var built = await consumer.BuildAsync(timeout);
        Assert.That(built.ExitCode, Is.Zero, built.Output);
        Assert.That(consumer.Findings().Select(finding => finding.Id).Distinct(), Is.EquivalentTo(violations.Select(file => Path.GetFileName(file.Key).Split('.')[0]).Distinct()), built.Output);
        Assert.That(built.Output, Does.Contain("warning HRD1001: Locking on 'this' lets any code that holds the 'Counter' take the same lock"));
        Assert.That(built.Output, Does.Contain("warning HRD9001: 'lock (_gate)' in 'Save' is named by a stall report: up to 27 threads waited for a lock here, 5.1 s (2026-11-22, moved from line 11)"));
        AssertLoaded(built);
    }

    [Test]
    public async Task Strict_stops_the_build(CancellationToken timeout)
    {
        var consumer = ConsumerWith("<HardeningAnalysis>Strict</HardeningAnalysis>");
        var built = await consumer.BuildAsync(timeout);
        Assert.That(built.ExitCode, Is.Not.Zero, built.Output);
        Assert.That(built.Output, Does.Contain("error HRD1001"));
        Assert.That(consumer.Findings(), Is.EqualTo(Finding("error")));
    }

    [Test]
    public async Task Audit_lets_the_build_pass_even_where_warnings_are_errors(CancellationToken timeout)
    {
        var consumer = ConsumerWith("<HardeningAnalysis>audit</HardeningAnalysis><TreatWarningsAsErrors>true</TreatWarningsAsErrors>");
        var built = await consumer.BuildAsync(timeout);
        Assert.That(built.ExitCode, Is.Zero, built.Output);
        Assert.That(built.Output, Does.Not.Contain("HRD1001"));
        Assert.That(consumer.Findings(), Is.EqualTo(Finding("note")));
        AssertLoaded(built);
    }

    [TestCase("", "evidence/1.hardening.json", true)]
    [TestCase("", "stalls/1.hardening.json", false)]
    [TestCase("<HardeningEvidence>stalls/*.hardening.json</HardeningEvidence>", "stalls/1.hardening.json", true)]
    [TestCase("<HardeningEvidence>none</HardeningEvidence>", "evidence/1.hardening.json", false)]
    public async Task Evidence_is_taken_from_where_the_project_says(string property, string file, bool isTaken, CancellationToken timeout)
    {
        var items = await ConsumerWith(property, (file, "{}")).BuildAsync(timeout, "-restore", "-t:ResolveLockFileAnalyzers", "-getItem:AdditionalFiles");
        Assert.That(items.ExitCode, Is.Zero, items.Output);
        Assert.That(items.Output.Contains("1.hardening.json", StringComparison.Ordinal), Is.EqualTo(isTaken), items.Output);
    }

    [TestCase("dotnet_diagnostic.HRD1001.severity = suggestion")]
    [TestCase("dotnet_analyzer_diagnostic.category-Hardening.Locks.severity = suggestion")]
    public async Task Editorconfig_wins_over_a_preset(string line, CancellationToken timeout)
    {
        var consumer = ConsumerWith("<HardeningAnalysis>strict</HardeningAnalysis>", (".editorconfig", $"root = true\n[*.cs]\n{line}\n"));
        var built = await consumer.BuildAsync(timeout);
        Assert.That(built.ExitCode, Is.Zero, built.Output);
        Assert.That(consumer.Findings(), Is.EqualTo(Finding("note")));
    }

    [Test]
    public async Task Unknown_preset_is_one_clear_error(CancellationToken timeout)
    {
        var built = await ConsumerWith("<HardeningAnalysis>stict</HardeningAnalysis>").BuildAsync(timeout);
        Assert.That(built.ExitCode, Is.Not.Zero, built.Output);
        var errors = Error().Matches(built.Output).Select(match => match.Groups["what"].Value).Distinct();
        Assert.That(errors, Is.EqualTo(Only("HRD0001: HardeningAnalysis is 'stict', but must be 'recommended', 'strict' or 'audit'.")), built.Output);
    }

    [TestCase("roslyn4.8", "roslyn4.8", false)]
    [TestCase("roslyn4.13", "roslyn4.8", false)]
    [TestCase("roslyn4.14", "roslyn4.14", true)]
    [TestCase("roslyn5.0", "roslyn4.14", true)]
    public async Task Sdk_takes_the_rules_that_its_compiler_can_load(string compiler, string folder, bool withFixes, CancellationToken timeout)
    {
        var resolved = await ConsumerWith("").BuildAsync(timeout, "-restore", "-t:ResolveLockFileAnalyzers", "-getItem:Analyzer", $"-p:CompilerApiVersion={compiler}");
        Assert.That(resolved.ExitCode, Is.Zero, resolved.Output);
        var taken = Taken().Matches(resolved.Output).Select(match => match.Value).Distinct();
        string[] expected = [$"{folder}/cs/Hardening.Analyzers.dll", .. withFixes ? [$"{folder}/cs/Hardening.Analyzers.CodeFixes.dll"] : Array.Empty<string>()];
        Assert.That(taken, Is.EquivalentTo(expected), resolved.Output);
    }

    private static Consumer ConsumerWith(string properties, params (string Name, string Text)[] files) =>
        new(files.Append(("C.cs", LockOnThis)).Select(file => KeyValuePair.Create(file.Item1, file.Item2)), properties);

    private static (string, string)[] Finding(string level) => [("HRD1001", level)];

    private static string[] Only(string text) => [text];

    // CS9057: built for a newer compiler; CS8032: cannot be created; AD0001: threw. Each leaves the build green and rules out.
    private static void AssertLoaded(DotnetResult built) => Assert.That(built.Output, Does.Not.Match("CS9057|CS8032|CS8034|AD0001"));

    [GeneratedRegex(@"\berror (?<what>[A-Z]+\d+: .*?)( \[.*)?$", RegexOptions.Multiline)]
    private static partial Regex Error();

    [GeneratedRegex(@"roslyn[\d.]+/cs/Hardening\.[A-Za-z.]+\.dll")]
    private static partial Regex Taken();
}
