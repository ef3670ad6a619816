using System.Security.Cryptography;
using System.Text;

namespace Hardening.Cli.Scanning;

/// <summary>Makes one list of what the projects of a scan have told.</summary>
internal static class Findings
{
    private const int FingerprintLength = 32;

    /// <summary>Each place once, by file, line and rule, with fingerprints; what was measured at a line is told of all findings there.</summary>
    /// <param name="raw">In the order of the projects: where several tell the same, the first is named.</param>
    public static IReadOnlyList<Finding> Merge(IEnumerable<RawFinding> raw)
    {
        var merged = raw.GroupBy(one => one.Identity).Select(same => same.First() with { Finding = same.First().Finding with { Severity = same.Max(one => one.Finding.Severity) } })
            .OrderBy(one => one.Finding.Place.File, StringComparer.Ordinal).ThenBy(one => one.Finding.Place.StartLine).ThenBy(one => one.Finding.Place.StartColumn)
            .ThenBy(one => one.Finding.RuleId, StringComparer.Ordinal).ThenBy(one => one.Finding.Message, StringComparer.Ordinal).ToList();
        var measured = merged.Where(one => one.Finding.Evidence is not null).GroupBy(one => LineOf(one.Finding)).ToDictionary(line => line.Key, line => line.First().Finding.Evidence);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. merged.Select(one => one.Finding with
        {
            Fingerprint = Fingerprint(one, seen),
            Evidence = one.Finding.Evidence ?? measured.GetValueOrDefault(LineOf(one.Finding)),
        })];
    }

    private static (string File, int Line) LineOf(Finding finding) => (finding.Place.File, finding.Place.StartLine);

    // No line number, so that it stays the same when code above it changes; equal ones are told apart by their order.
    private static string Fingerprint(RawFinding raw, Dictionary<string, int> seen)
    {
        var key = string.Join('\n', raw.Finding.RuleId, raw.Finding.Place.File, raw.Finding.Symbol, raw.LineText);
        var number = seen[key] = seen.GetValueOrDefault(key) + 1;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{number}")))[..FingerprintLength];
    }
}
