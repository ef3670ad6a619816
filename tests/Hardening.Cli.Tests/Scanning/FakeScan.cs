using Hardening.Cli.Projects;
using Hardening.Cli.Scanning;

namespace Hardening.Cli.Tests.Scanning;

/// <summary>Results that no scan has made.</summary>
internal static class FakeScan
{
    public static ScanResult Of(params IReadOnlyList<Finding> findings) => new()
    {
        Root = "/code",
        Target = ".",
        StartedAt = DateTimeOffset.UnixEpoch,
        Duration = TimeSpan.FromSeconds(2.5),
        ToolVersion = "1.0.0",
        Projects = [new ScannedProject("App", "/code/App.csproj", "net10.0", LoadMode.Built, 3, 1200, [])],
        Rules = [new ScannedRule("HRD1001", "Lock on a private object", "Hardening.Locks", FindingSeverity.Warning, ""), new ScannedRule("HRD2003", "Limit I/O", "Hardening.Threads", FindingSeverity.Info, "")],
        Findings = findings,
        Notes = [],
    };

    public static Finding Finding(string file = "a.cs", int line = 1, string rule = "HRD1001", string symbol = "A.Run()", string? fingerprint = null, FindingSeverity severity = FindingSeverity.Warning, string message = "wrong") => new()
    {
        RuleId = rule,
        Severity = severity,
        Message = message,
        Place = new FindingPlace(file, line, 5, line, 9),
        Symbol = symbol,
        Project = "App",
        Fingerprint = fingerprint ?? $"{file}{line}{rule}",
    };

    public static RawFinding Raw(Finding finding, string text = "lock(this)", params (string Name, string Value)[] properties) =>
        new(finding, text, properties.ToDictionary(property => property.Name, property => (string?)property.Value));
}
