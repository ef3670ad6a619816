using System.Text.Json;
using System.Text.Json.Nodes;
using Hardening.Stalls.Reports;

namespace Hardening.Runtime.Tests.Stalls.Reports;

/// <summary>Types, page, schema and files say the same.</summary>
public sealed class StallReportPageTests
{
    private static readonly string SchemaPath = Path.Combine("docs", "runtime", "stall-report.schema.json");

    private static IEnumerable<Type> Types => Shape.Reached(typeof(StallReportContent));

    [TestCaseSource(nameof(Types))]
    public void Page_tells_every_field_of(Type type)
    {
        if (type.IsEnum)
        {
            Assert.That(ReportPage.Section(type), Does.Contain(string.Join(", ", Enum.GetNames(type).Select(name => $"`{JsonNamingPolicy.CamelCase.ConvertName(name)}`"))));
            return;
        }

        Assert.That(ReportPage.Rows(type).Select(row => (row.Field, row.Word)), Is.EquivalentTo(Shape.Properties(type).Select(property => (Shape.NameOf(property), Shape.WordOf(property)))));
    }

    [Test]
    public void Generated_schema_follows_from_page_and_types() => Baseline.Check(SchemaPath, ReportPage.Schema(typeof(StallReportContent)));

    [Test]
    public void Written_reports_keep_to_the_schema()
    {
        var schema = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, SchemaPath));
        for (var seed = 0; seed < 50; seed++)
        {
            Assert.That(SchemaCheck.Errors(Written(seed), schema), Is.Empty, $"seed {seed}");
        }
    }

    [TestCase("report.id", "1")]
    [TestCase("report.verdict.cause", "\"bad luck\"")]
    [TestCase("report.duration", "\"00:00:05\"")]
    [TestCase("report.subject.uptime", "1")]
    [TestCase("window.samples", "[{\"sample\":{\"host\":{\"moon\":1}}}]")]
    [TestCase("window.futexOwners", "{\"12\":1}")]
    [TestCase("version", "2")]
    public void Schema_refuses_what_no_report_has(string field, string value)
    {
        var report = JsonNode.Parse(Written(seed: WithWindow))!;
        var path = field.Split('.');
        path[..^1].Aggregate(report, (node, name) => node[name]!)[path[^1]] = JsonNode.Parse(value);
        Assert.That(SchemaCheck.Errors(report.ToJsonString(), File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, SchemaPath))), Has.Count.EqualTo(1));
    }

    private static int WithWindow { get; } = Enumerable.Range(0, 100).First(seed => new RandomValues(seed).Make<StallReportContent>().Window is not null);

    private static string Written(int seed)
    {
        var content = new RandomValues(seed).Make<StallReportContent>() with { Format = StallReportContent.FormatName, Version = StallReportContent.CurrentVersion };
        return JsonSerializer.Serialize(content, StallReportJson.Default.StallReportContent);
    }
}
