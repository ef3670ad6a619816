using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hardening.Cli.Scanning;
using Hardening.Cli.Scanning.Reporting;
using NUnit.Framework.Constraints;

namespace Hardening.Cli.Tests.Reporting.Sarif;

public sealed class SarifWriterTests
{
    private static IEnumerable<TestCaseData> All =>
    [
        new TestCaseData(Scans.Small).SetArgDisplayNames("small"),
        new TestCaseData(Scans.Empty).SetArgDisplayNames("empty"),
        new TestCaseData(Scans.Hostile).SetArgDisplayNames("hostile"),
        new TestCaseData(Scans.Large(300)).SetArgDisplayNames("large"),
    ];

    [TestCaseSource(nameof(All))]
    public async Task Log_keeps_to_the_schema(object scan) => Assert.That(await SarifSchema.ErrorsAsync(await WriteAsync((ScanResult)scan)), Is.Empty);

    [TestCase("version", "\"2.0.0\"")]
    [TestCase("runs.0.tool.driver.name", "null")]
    [TestCase("runs.0.results.0.message", "{}")]
    [TestCase("runs.0.results.0.level", "\"fatal\"")]
    [TestCase("runs.0.results.0.ruleIndex", "-2")]
    [TestCase("runs.0.results.0.locations.0.physicalLocation.region.startLine", "0")]
    [TestCase("runs.0.columnKind", "\"bytes\"")]
    [TestCase("runs.0.luck", "1")]
    public async Task Schema_refuses_what_is_not_SARIF(string path, string value)
    {
        var log = JsonNode.Parse(await WriteAsync(Scans.Small))!;
        var names = path.Split('.');
        var parent = names[..^1].Aggregate(log, (node, name) => node is JsonArray array ? array[int.Parse(name, null)]! : node[name]!);
        parent[names[^1]] = JsonNode.Parse(value);
        Assert.That(await SarifSchema.ErrorsAsync(log.ToJsonString()), Is.Not.Empty);
    }

    [Test]
    public async Task Every_rule_is_described_whether_it_found_something_or_not()
    {
        var driver = (await RunAsync(Scans.Small)).GetProperty("tool").GetProperty("driver");
        Assert.That(driver.GetProperty("version").GetString(), Is.EqualTo("1.2.3"));
        Assert.That(driver.GetProperty("informationUri").GetString(), Does.StartWith("https://"));
        var rules = driver.GetProperty("rules").EnumerateArray().ToList();
        Assert.That(rules.Select(rule => Text(rule, "id")), Is.EqualTo(Scans.Small.Rules.Select(rule => rule.Id)));
        var rule = rules[1];
        Assert.Multiple(() =>
        {
            Assert.That(Text(rule, "shortDescription", "text"), Is.EqualTo("Give a wait a limit"));
            Assert.That(Text(rule, "fullDescription", "text"), Is.EqualTo("Give a wait a limit, or somebody waits for ever."));
            Assert.That(Text(rule, "helpUri"), Is.EqualTo(Scans.Pages + "HRD2013.md"));
            Assert.That(Text(rule, "help", "markdown"), Does.StartWith("# HRD2013: ").And.Contain("](https://example.org/docs/rules/HRD2001.md)").And.Not.Contain("](HRD"));
            Assert.That(Text(rule, "defaultConfiguration", "level"), Is.EqualTo("error"));
            Assert.That(Text(rule, "properties", "category"), Is.EqualTo("Hardening.Threads"));
            Assert.That(rules.Select(one => Text(one, "properties", "problem.severity")), Is.EqualTo(new[] { "warning", "error", "recommendation", "warning" }));
        });
    }

    [Test]
    public async Task A_result_has_all_that_a_finding_has()
    {
        var run = await RunAsync(Scans.Small);
        var results = run.GetProperty("results").EnumerateArray().ToList();
        Assert.That(results, Has.Count.EqualTo(Scans.Small.Findings.Count));
        var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        Assert.That(results.Select(result => Text(rules[result.GetProperty("ruleIndex").GetInt32()], "id")), Is.EqualTo(Scans.Small.Findings.Select(finding => finding.RuleId)));
        var first = results[0];
        var place = first.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Multiple(() =>
        {
            Assert.That(results.Select(result => Text(result, "level")), Is.EqualTo(new[] { "warning", "warning", "error", "error", "warning", "note", "note" }));
            Assert.That(Text(first, "message", "text"), Is.EqualTo(Scans.Small.Findings[0].Message));
            Assert.That(place.GetProperty("region").GetRawText(), IsJson("""{ "startLine": 12, "startColumn": 2, "endLine": 12, "endColumn": 13 }"""));
            Assert.That(place.GetProperty("contextRegion").GetProperty("startLine").GetInt32(), Is.EqualTo(10));
            Assert.That(Text(place, "contextRegion", "snippet", "text").Split('\n')[2], Is.EqualTo(Scans.Small.Findings[0].Snippet[2]));
            Assert.That(Text(first.GetProperty("locations")[0].GetProperty("logicalLocations")[0], "fullyQualifiedName"), Is.EqualTo("Inspection.Counter.Add(int)"));
            Assert.That(first.GetProperty("partialFingerprints").GetRawText(), IsJson("""{ "hardening/v1": "HRD10010000000c" }"""));
            Assert.That(first.GetProperty("properties").GetRawText(), IsJson("""{ "path": "src/Inspection/Counter.cs", "project": "Inspection (net10.0)", "symbol": "Inspection.Counter.Add(int)", "evidence": "12.4 s in 31 stalls", "isFixable": true }"""));
            var related = results[3].GetProperty("relatedLocations");
            Assert.That(related.EnumerateArray().Select(one => one.GetProperty("id").GetInt32()), Is.EqualTo(new[] { 1, 2 }));
            Assert.That(Text(related[1], "physicalLocation", "artifactLocation", "uri"), Is.EqualTo("file:///opt/shared/Gate.cs"));
        });
    }

    [Test]
    public async Task Notes_are_notifications_with_the_project_that_they_are_about()
    {
        var invocation = (await RunAsync(Scans.Small)).GetProperty("invocations")[0];
        Assert.That(invocation.GetProperty("executionSuccessful").GetBoolean());
        Assert.That(invocation.GetProperty("startTimeUtc").GetDateTimeOffset(), Is.EqualTo(Scans.Small.StartedAt));
        Assert.That(Text(invocation, "startTimeUtc"), Does.EndWith("Z").Or.EndsWith("+00:00"));
        Assert.That(invocation.GetProperty("toolExecutionNotifications").EnumerateArray().Select(note => Text(note, "message", "text")),
            Is.EqualTo(new[] { Scans.Small.Notes[0], "Deploy: the type 'Octopus' was not found, 12 times" }));
    }

    [Test]
    public async Task A_result_is_new_or_unchanged_only_against_a_baseline()
    {
        Assert.That((await ResultsAsync(Scans.Small)).Select(result => Text(result, "baselineState")), Is.EqualTo(new[] { "new", "unchanged", "new", "new", "new", "new", "new" }));
        var without = Scans.Small with { HasBaseline = false, Findings = [.. Scans.Small.Findings.Select(finding => finding with { IsKnown = false })] };
        Assert.That((await ResultsAsync(without)).Select(result => result.TryGetProperty("baselineState", out _)), Has.All.False);
    }

    [Test]
    public async Task Paths_are_relative_to_the_repository_also_where_a_part_of_it_was_scanned()
    {
        var repository = Directory.CreateTempSubdirectory("hardening-sarif-");
        try
        {
            var scanned = repository.CreateSubdirectory("a part/src");
            Assert.That(await UrisAsync(scanned.FullName), Is.EqualTo(("file://" + scanned.FullName.Replace(" ", "%20", StringComparison.Ordinal) + "/", "x%20y/C%23.cs")));
            File.WriteAllText(Path.Combine(repository.FullName, ".git"), "gitdir: elsewhere");
            Assert.That(await UrisAsync(scanned.FullName), Is.EqualTo(("file://" + repository.FullName + "/", "a%20part/src/x%20y/C%23.cs")));
        }
        finally
        {
            repository.Delete(recursive: true);
        }
    }

    [Test]
    public async Task Every_location_is_a_reference_that_resolves_to_the_file()
    {
        var run = await RunAsync(Scans.Hostile);
        var root = new Uri(Text(run.GetProperty("originalUriBaseIds"), "%SRCROOT%", "uri"));
        var location = run.GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation");
        Assert.That(Text(location, "uriBaseId"), Is.EqualTo("%SRCROOT%"));
        var path = Uri.UnescapeDataString(new Uri(root, Text(location, "uri")).AbsolutePath);
        Assert.That(path, Is.EqualTo($"{Scans.Hostile.Root}/{Scans.Hostile.Findings[0].Place.File}".Replace('\uD800', '\uFFFD')));
        Assert.That(Uri.IsWellFormedUriString(Text(location, "uri"), UriKind.Relative));
    }

    // GitHub refuses more than 10 MB packed, 20 runs, 25,000 rules or results, 1,000 locations a result, 20 tags a rule; and it needs a description and help of each rule.
    [Test]
    public async Task Ten_thousand_findings_stay_within_what_code_scanning_takes()
    {
        var log = await WriteAsync(Scans.Large(10_000));
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(System.Text.Encoding.UTF8.GetBytes(log));
        }

        Assert.That(packed.Length, Is.LessThan(1_000_000));
        using var document = JsonDocument.Parse(log);
        var runs = document.RootElement.GetProperty("runs");
        Assert.That(runs.GetArrayLength(), Is.EqualTo(1));
        Assert.That(runs[0].GetProperty("results").GetArrayLength(), Is.EqualTo(10_000));
        foreach (var rule in runs[0].GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray())
        {
            Assert.That(rule.GetProperty("properties").GetProperty("tags").GetArrayLength(), Is.InRange(1, 10));
            Assert.That(new[] { Text(rule, "shortDescription", "text"), Text(rule, "fullDescription", "text"), Text(rule, "help", "text") }, Has.All.Not.Empty);
        }
    }

    [Test]
    public void Cancelling_stops_it()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.That(async () => await SarifWriter.WriteAsync(Scans.Small, new MemoryStream(), stop.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static PredicateConstraint<string> IsJson(string expected) => new(actual => JsonNode.DeepEquals(JsonNode.Parse(actual!), JsonNode.Parse(expected)));

    private static string Text(JsonElement element, params string[] path) => path.Aggregate(element, (node, name) => node.GetProperty(name)).GetString()!;

    private static async Task<(string Root, string File)> UrisAsync(string root)
    {
        var run = await RunAsync(Scans.Empty with { Root = root, Findings = [Scans.Finding(Scans.LockOnThis, "x y/C#.cs", 3)] });
        return (Text(run.GetProperty("originalUriBaseIds"), "%SRCROOT%", "uri"), Text(run.GetProperty("results")[0].GetProperty("locations")[0], "physicalLocation", "artifactLocation", "uri"));
    }

    private static async Task<IEnumerable<JsonElement>> ResultsAsync(ScanResult scan) => (await RunAsync(scan)).GetProperty("results").EnumerateArray();

    private static async Task<JsonElement> RunAsync(ScanResult scan)
    {
        using var document = JsonDocument.Parse(await WriteAsync(scan));
        return document.RootElement.GetProperty("runs")[0].Clone();
    }

    private static async Task<string> WriteAsync(ScanResult scan)
    {
        using var stream = new MemoryStream();
        await SarifWriter.WriteAsync(scan, stream, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
