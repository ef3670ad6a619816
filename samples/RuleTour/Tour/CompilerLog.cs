using System.Text.Json;

namespace RuleTour.Tour;

/// <summary>Reads what the compiler logged about this project (SARIF 2.1): the tour has no knowledge of the rules of its own.</summary>
internal static class CompilerLog
{
    /// <summary>The rules that spoke, by id.</summary>
    /// <exception cref="InvalidDataException">The file is missing, or no log of a compiler with the rules.</exception>
    public static IReadOnlyList<TourStop> Read(string path)
    {
        try
        {
            using var log = JsonDocument.Parse(File.ReadAllBytes(path));
            var run = log.RootElement.GetProperty("runs")[0];
            var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().DistinctBy(Id).ToDictionary(Id);
            TourStop[] stops =
            [
                .. from result in run.GetProperty("results").EnumerateArray()
                    let id = result.GetProperty("ruleId").GetString()!
                    where id.StartsWith("HRD", StringComparison.Ordinal)
                    group result by id into results
                    orderby results.Key
                    let rule = rules[results.Key]
                    select new TourStop(
                        results.Key,
                        rule.GetProperty("shortDescription").GetProperty("text").GetString()!,
                        rule.GetProperty("properties").GetProperty("category").GetString()!,
                        [.. results.Select(Read).OrderBy(finding => finding.Path, StringComparer.Ordinal).ThenBy(finding => finding.Line)]),
            ];
            return stops.Length > 0 ? stops : throw new InvalidDataException($"'{path}' has no finding of the rules; build the project anew: dotnet build samples/RuleTour --no-incremental");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{path}' cannot be read as the compiler's log ({e.Message}); build the project anew: dotnet build samples/RuleTour --no-incremental", e);
        }

        static string Id(JsonElement rule) => rule.GetProperty("id").GetString()!;
    }

    private static Finding Read(JsonElement result)
    {
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        return new Finding(
            new Uri(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath,
            place.GetProperty("region").GetProperty("startLine").GetInt32(),
            result.GetProperty("message").GetProperty("text").GetString()!);
    }
}
