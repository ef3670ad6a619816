namespace Hardening.Cli.Scanning;

/// <summary>
/// All projects are given all stall reports, and each tells what it cannot find of them. What another one has is not missing: it is left out here. The rules' properties tell which places a
/// finding is about.
/// </summary>
internal static class SharedEvidence
{
    /// <param name="findings">Of all projects.</param>
    /// <param name="projects">How many there were.</param>
    public static IEnumerable<RawFinding> WithoutFound(IReadOnlyList<RawFinding> findings, int projects)
    {
        var found = findings.SelectMany(one => one.Properties.GetValueOrDefault("places")?.Split('\n') ?? []).ToHashSet(StringComparer.Ordinal);
        var foreign = findings.Where(one => Kind(one) == "foreign").CountBy(one => one.Finding.Place).ToDictionary();
        return findings.Where(one => Kind(one) switch
        {
            "stale" => !found.Contains(one.Properties.GetValueOrDefault("place") ?? ""),
            "foreign" => foreign[one.Finding.Place] == projects,
            _ => true,
        });
    }

    private static string? Kind(RawFinding finding) => finding.Properties.GetValueOrDefault("kind");
}
