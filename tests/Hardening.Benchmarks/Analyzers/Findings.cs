using System.Text.Json;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>One diagnostic: what, and where.</summary>
internal sealed record Finding(string Id, string Path, int Line);

/// <summary>Reads the log that the compiler writes of all diagnostics, those included that it does not print.</summary>
internal static class Findings
{
    /// <summary>A rule that threw, or that the compiler could not load: the build stays green, and the rule is out.</summary>
    private static readonly string[] Broken = ["AD0001", "AD0002", "CS8032", "CS8033", "CS8034", "CS8040", "CS8050", "CS9057"];

    public static IReadOnlyList<Finding> Read(string log)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(log));
        return [.. from run in document.RootElement.GetProperty("runs").EnumerateArray()
            from result in run.GetProperty("results").EnumerateArray()
            where !(result.TryGetProperty("suppressions", out var suppressions) && suppressions.GetArrayLength() > 0)
            select Place(result)];
    }

    public static string? WhyBroken(IEnumerable<Finding> findings) =>
        findings.Select(finding => finding.Id).FirstOrDefault(Broken.Contains) is { } id ? $"{id}: a rule threw or was not loaded" : null;

    private static Finding Place(JsonElement result)
    {
        var id = result.GetProperty("ruleId").GetString()!;
        if (!result.TryGetProperty("locations", out var locations) || locations.GetArrayLength() == 0)
        {
            return new Finding(id, "", 0);
        }

        var place = locations[0].GetProperty("physicalLocation");
        var path = new Uri(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!, UriKind.RelativeOrAbsolute);
        return new Finding(id, path.IsAbsoluteUri ? path.LocalPath : path.OriginalString, place.GetProperty("region").GetProperty("startLine").GetInt32());
    }
}
