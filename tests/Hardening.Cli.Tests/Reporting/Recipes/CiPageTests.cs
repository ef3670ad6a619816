using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hardening.Cli.Scanning.Reporting;
using Hardening.Processes;
using Hardening.Testing;
using YamlDotNet.RepresentationModel;

namespace Hardening.Cli.Tests.Reporting.Recipes;

/// <summary>The pipelines of the page are YAML of the right form, ask for options that there are, and convert what they say they do. No service runs them here.</summary>
public sealed partial class CiPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs", "harden", "ci.md"));

    [TestCase("GitHub Actions", "jobs", "steps")]
    [TestCase("GitLab CI", "harden", "script")]
    [TestCase("Azure Pipelines", "pool", "steps")]
    public void A_pipeline_is_YAML_that_has_what_its_service_asks_for(string service, string root, string commands)
    {
        var pipeline = Pipeline(service);
        Assert.That(pipeline.Children.Keys.Select(key => key.ToString()), Does.Contain(root));
        var mappings = pipeline.AllNodes.OfType<YamlMappingNode>().SelectMany(node => node.Children);
        var steps = mappings.Where(child => child.Key.ToString() == commands).Select(child => child.Value).OfType<YamlSequenceNode>().ToList();
        Assert.That(steps, Has.Count.EqualTo(1));
        Assert.That(steps[0].AllNodes.OfType<YamlScalarNode>().Count(node => node.Value!.Contains("harden scan App.sln --baseline", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task Every_option_is_one_that_scan_has()
    {
        var help = new StringWriter();
        Assert.That(await HardenProgram.RunAsync(["scan", "--help"], help, TextWriter.Null, TimeProvider.System), Is.Zero);
        var commands = Page.Split('\n').Where(line => line.Contains("harden scan", StringComparison.Ordinal) || line.TrimStart().StartsWith("--sarif", StringComparison.Ordinal)).Select(line => line.Split('#')[0]);
        var options = commands.SelectMany(line => Option().Matches(line)).Select(match => match.Value).Distinct().ToList();
        Assert.That(options, Is.SupersetOf(new[] { "--baseline", "--sarif", "--html" }));
        foreach (var option in options)
        {
            Assert.That(help.ToString(), Does.Match($@"{option}\b"));
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task The_report_for_GitLab_has_what_it_asks_for(CancellationToken timeout)
    {
        const string Jq = "/usr/bin/jq";
        if (!File.Exists(Jq))
        {
            const string Missing = "There is no jq here to convert with: apt-get install jq.";
            Assert.That(Environment.GetEnvironmentVariable("HARDENING_REQUIRE_BROWSER"), Is.Not.EqualTo("1"), Missing);
            Assert.Ignore(Missing);
        }

        var script = Pipeline("GitLab CI").AllNodes.OfType<YamlScalarNode>().Single(node => node.Value!.StartsWith("jq '", StringComparison.Ordinal)).Value!;
        await using var jq = SupervisedProcess.Start(new ProcessStartInfo(Jq, [script[4..script.LastIndexOf('\'')]]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true });
        var (output, errors) = (jq.StandardOutput.ReadToEndAsync(timeout), jq.StandardError.ReadToEndAsync(timeout));
        await SarifWriter.WriteAsync(Scans.Small with { Findings = [.. Scans.Small.Findings, Scans.Finding(Scans.LockOnThis, "src/a b/C#.cs", 3)] }, jq.StandardInput.BaseStream, timeout);
        jq.StandardInput.Close();
        await jq.WaitForExitAsync(timeout);
        Assert.That(await errors, Is.Empty);
        using var report = JsonDocument.Parse(await output);
        var entries = report.RootElement.EnumerateArray().ToList();
        Assert.That(entries, Has.Count.EqualTo(Scans.Small.Findings.Count + 1));
        Assert.That(entries.Select(entry => entry.GetProperty("fingerprint").GetString()), Is.Unique);
        Assert.That(entries.Select(entry => entry.GetProperty("severity").GetString()), Has.All.AnyOf("info", "minor", "major", "critical", "blocker"));
        Assert.That(entries[0].GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal), Does.EndWith(
            """check_name":"HRD1001","fingerprint":"HRD10010000000c","severity":"major","location":{"path":"src/Inspection/Counter.cs","lines":{"begin":12}}}"""));
        Assert.That(entries[^1].GetProperty("location").GetProperty("path").GetString(), Is.EqualTo("src/a b/C#.cs"));
    }

    private static YamlMappingNode Pipeline(string service)
    {
        var section = Page[Page.IndexOf($"## {service}\n", StringComparison.Ordinal)..];
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Block().Match(section).Groups["text"].Value));
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    [GeneratedRegex("```yaml\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("(?<![-a-z])--[a-z][a-z-]+")]
    private static partial Regex Option();
}
