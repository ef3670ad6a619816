using System.Globalization;
using Hardening.Cli.Projects;
using Hardening.Cli.Scanning;

namespace Hardening.Cli.Tests.Reporting;

/// <summary>Scans to write reports of.</summary>
internal static class Scans
{
    public const string Pages = "https://example.org/docs/rules/";

    public static readonly ScannedRule LockOnThis = Rule("HRD1001", "Lock on a private object of its own", "Hardening.Locks", FindingSeverity.Warning);
    public static readonly ScannedRule BlockingWait = Rule("HRD2013", "Give a wait a limit", "Hardening.Threads", FindingSeverity.Error);
    public static readonly ScannedRule UnreadOutput = Rule("HRD3001", "Read what a child process writes", "Hardening.Processes", FindingSeverity.Info);
    public static readonly ScannedRule Silent = Rule("HRD4001", "Return a frame to its pool", "Hardening.Camera", FindingSeverity.Warning);

    private static readonly string[] Source =
    [
        "    public void Add(int n)",
        "    {",
        "\tlock (this) { _count += n < 0 ? 0 : n; } // \"all\" & more",
        "    }",
    ];

    /// <summary>Seven findings in three files of two projects, one of them known, one measured; one could not be restored.</summary>
    public static ScanResult Small { get; } = Of(
        Finding(LockOnThis, "src/Inspection/Counter.cs", 12) with { IsFixable = true, Evidence = "12.4 s in 31 stalls" },
        Finding(LockOnThis, "src/Inspection/Counter.cs", 40) with { IsKnown = true, IsFixable = true },
        Finding(BlockingWait, "src/Inspection/Counter.cs", 77) with { Message = "Waiting for 'worker' has no limit" },
        Finding(BlockingWait, "src/Inspection/Server.cs", 9) with { Related = [new("src/Inspection/Counter.cs", 12, 2, 12, 13), new("/opt/shared/Gate.cs", 3, 1, 3, 9)] },
        Finding(LockOnThis, "src/Inspection/Server.cs", 31),
        Finding(UnreadOutput, "tools/Deploy/Program.cs", 5) with { Symbol = "", Project = "Deploy" },
        Finding(UnreadOutput, "tools/Deploy/Program.cs", 8) with { Evidence = "140.0 s in 2 stalls", Project = "Deploy", Snippet = [] }) with
    {
        HasBaseline = true,
        Notes = ["The project 'Broken/Broken.csproj' was not restored: its package 'Nowhere' is missing. Its files were read loosely."],
    };

    public static ScanResult Empty { get; } = Of();

    /// <summary>What is told in reports, all of it as an attacker would have it.</summary>
    public static ScanResult Hostile { get; } = Of(
        Finding(LockOnThis with { Id = Attack("id") }, $"src/{Attack("file")}/\u202Ecs.exe\u0007\uD800#100%.cs", 12) with
        {
            Message = Attack("message") + "\n\u001B[2J",
            Symbol = Attack("symbol"),
            Project = Attack("project"),
            Evidence = Attack("evidence"),
            Fingerprint = Attack("fingerprint"),
            Snippet = [Attack("snippet"), "</code></pre></article></details></main><h1>gone</h1>", "if (access\u202E // \u2066)", Attack("end")],
            Related = [new(Attack("related"), 1, 1, 1, 1)],
        }) with
    {
        Root = "/srv/" + Attack("root"),
        Target = Attack("target"),
        ToolVersion = Attack("version"),
        Notes = [Attack("note")],
        Projects = [new(Attack("name"), Attack("path"), Attack("framework"), LoadMode.Loose, 1, 2, [Attack("projectnote")]), new("two", "two", null, LoadMode.Built, 1, 2, [])],
        Rules = [new(Attack("id"), Attack("title"), Attack("category"), FindingSeverity.Warning, "javascript:" + Attack("help")) { Description = Attack("description") }],
    };

    public static ScanResult Large(int findings)
    {
        ScannedRule[] rules = [LockOnThis, BlockingWait, UnreadOutput];
        return Of([.. Enumerable.Range(0, findings).Select(n => Finding(rules[n % 3], string.Create(CultureInfo.InvariantCulture, $"src/Part{n / 400:00}/Type{n / 20:0000}.cs"), 10 + (n % 20 * 9)))]);
    }

    public static Finding Finding(ScannedRule rule, string file, int line) => new()
    {
        RuleId = rule.Id,
        Severity = rule.Severity,
        Message = "Locking on 'this' lets any code that holds the 'Counter' take the same lock",
        Place = new FindingPlace(file, line, 2, line, 13),
        Symbol = "Inspection.Counter.Add(int)",
        Snippet = Source,
        SnippetStart = line - 2,
        Project = "Inspection (net10.0)",
        Fingerprint = string.Create(CultureInfo.InvariantCulture, $"{rule.Id}{line:x8}"),
    };

    private static ScanResult Of(params Finding[] findings) => new()
    {
        Root = "/srv/app",
        Target = "App.sln",
        StartedAt = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2)),
        Duration = TimeSpan.FromSeconds(72.5),
        ToolVersion = "1.2.3",
        Projects =
        [
            new("Inspection", "src/Inspection/Inspection.csproj", "net10.0", LoadMode.Built, 31, 4_200, []),
            new("Deploy", "tools/Deploy", null, LoadMode.Loose, 2, 130, ["the type 'Octopus' was not found, 12 times"]),
        ],
        Rules = [LockOnThis, BlockingWait, UnreadOutput, Silent],
        Findings = findings,
        Notes = [],
    };

    private static ScannedRule Rule(string id, string title, string category, FindingSeverity severity) =>
        new(id, title, category, severity, Pages + id + ".md") { Description = $"{title}, or somebody waits for ever." };

    /// <summary>Text that does harm wherever it is taken for markup, and says where it was put.</summary>
    private static string Attack(string where) => $"""{where}'"><img src=x onerror="injected=1"></title></style></script><script>injected=1</script><!--&amp;""";
}
