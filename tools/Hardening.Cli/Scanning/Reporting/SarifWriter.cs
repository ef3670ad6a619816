using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hardening.Cli.Scanning.Reporting.Sarif;

namespace Hardening.Cli.Scanning.Reporting;

/// <summary>Writes a scan as SARIF 2.1.0, the form that editors and code scanning services read.</summary>
internal static class SarifWriter
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // A file of its own, never part of a page: code stays readable in it.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    private static readonly string? Home =
        typeof(SarifWriter).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == "RepositoryUrl")?.Value;

    public static Task WriteAsync(ScanResult result, Stream stream, CancellationToken stop)
    {
        var root = new SourceRoot(result.Root);
        var results = new SarifResults(result, root);
        var run = new SarifRun
        {
            Tool = new SarifTool(new SarifDriver("Hardening", result.ToolVersion, Home, [.. result.Rules.Select(SarifRules.Describe)])),
            Invocations = [new SarifInvocation(ExecutionSuccessful: true, result.StartedAt.ToUniversalTime(), (result.StartedAt + result.Duration).ToUniversalTime(), [.. Notifications(result)])],
            OriginalUriBaseIds = new Dictionary<string, SarifArtifact> { [SourceRoot.BaseId] = new(root.Uri, null) },
            Results = result.Findings.Select(results.Of),
        };
        return JsonSerializer.SerializeAsync(stream, new SarifLog([run]), Form, stop);
    }

    private static IEnumerable<SarifNotification> Notifications(ScanResult result) =>
        result.Notes.Concat(result.Projects.SelectMany(project => project.Notes.Select(note => $"{ReportNames.Of(project)}: {note}")))
            .Select(note => new SarifNotification("warning", new SarifText(note)));
}
