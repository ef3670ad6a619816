using System.Text.Json;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>One diagnostic: what, and where.</summary>
internal sealed record Finding(string Id, string Path, int Line, bool IsError = false);

/// <summary>Reads the log that the compiler writes of all diagnostics, those included that it does not print.</summary>
internal static class Findings
{
    private const string Threw = "AD0001";

    private static readonly string[] NotLoaded = ["CS8032", "CS8033", "CS8034", "CS8040", "CS8050", "CS9057"];

    public static IReadOnlyList<Finding> Read(string log)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(log));
        return [.. from run in document.RootElement.GetProperty("runs").EnumerateArray()
            from result in run.GetProperty("results").EnumerateArray()
            where !(result.TryGetProperty("suppressions", out var suppressions) && suppressions.GetArrayLength() > 0)
            select Place(result)];
    }

    /// <summary>The build stays green when a rule throws or cannot be loaded, and the rule is out.</summary>
    public static string? WhyBroken(IReadOnlyList<Finding> findings) => WhyNotLoaded(findings) ?? (HasThrown(findings) ? $"{Threw}: a rule threw" : null);

    public static string? WhyNotLoaded(IReadOnlyList<Finding> findings) =>
        findings.FirstOrDefault(finding => NotLoaded.Contains(finding.Id)) is { } found ? $"{found.Id}: this compiler does not load it" : null;

    public static bool HasThrown(IReadOnlyList<Finding> findings) => findings.Any(finding => finding.Id == Threw);

    private static Finding Place(JsonElement result)
    {
        var id = result.GetProperty("ruleId").GetString()!;
        var isError = result.TryGetProperty("level", out var level) && level.ValueEquals("error");
        if (!result.TryGetProperty("locations", out var locations) || locations.GetArrayLength() == 0)
        {
            return new Finding(id, "", 0, isError);
        }

        var place = locations[0].GetProperty("physicalLocation");
        var path = new Uri(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!, UriKind.RelativeOrAbsolute);
        return new Finding(id, path.IsAbsoluteUri ? path.LocalPath : path.OriginalString, place.GetProperty("region").GetProperty("startLine").GetInt32(), isError);
    }
}
