using Hardening.Cli.Projects;

namespace Hardening.Cli.Scanning;

/// <summary>How bad a finding is: the severities of a compiler.</summary>
internal enum FindingSeverity
{
    Info,
    Warning,
    Error,
}

/// <summary>A place in a file.</summary>
/// <param name="File">Relative to <see cref="ScanResult.Root"/>, with forward slashes; absolute where it is not below it.</param>
/// <param name="StartLine">From 1, as all of these.</param>
/// <param name="StartColumn">In UTF-16 units.</param>
/// <param name="EndLine">Where it ends.</param>
/// <param name="EndColumn">The column after its last character.</param>
internal sealed record FindingPlace(string File, int StartLine, int StartColumn, int EndLine, int EndColumn);

/// <summary>What a rule found.</summary>
internal sealed record Finding
{
    public required string RuleId { get; init; }

    public required FindingSeverity Severity { get; init; }

    public required string Message { get; init; }

    public required FindingPlace Place { get; init; }

    /// <summary>Other places that the rule names.</summary>
    public IReadOnlyList<FindingPlace> Related { get; init; } = [];

    /// <summary>The member that it is in, such as <c>Inspection.Server.Run(int)</c>; empty at top level.</summary>
    public required string Symbol { get; init; }

    /// <summary>The source lines around it, the first of them <see cref="SnippetStart"/>.</summary>
    public IReadOnlyList<string> Snippet { get; init; } = [];

    public int SnippetStart { get; init; }

    /// <summary>The project, with its framework where it has several.</summary>
    public required string Project { get; init; }

    /// <summary>Tells it from all other findings, and stays the same when lines move: rule, file, member and the line's text without its white space, with a number for equal ones. Hexadecimal.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Whether a baseline has it.</summary>
    public bool IsKnown { get; init; }

    /// <summary>What stall reports measured at it, such as <c>12.4 s in 31 stalls</c>; null where none names it.</summary>
    public string? Evidence { get; init; }

    /// <summary>Whether <c>harden fix</c> can mend it.</summary>
    public bool IsFixable { get; init; }
}

/// <summary>A rule that ran.</summary>
internal sealed record ScannedRule(string Id, string Title, string Category, FindingSeverity Severity, string HelpUri)
{
    /// <summary>Why it is a rule, in a sentence or two.</summary>
    public string Description { get; init; } = "";
}

/// <summary>A project that was scanned.</summary>
internal sealed record ScannedProject(string Name, string Path, string? Framework, LoadMode Mode, int Files, int Lines, IReadOnlyList<string> Notes);

/// <summary>A scan.</summary>
internal sealed record ScanResult
{
    public required string Root { get; init; }

    /// <summary>What was asked for.</summary>
    public required string Target { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public required string ToolVersion { get; init; }

    public required IReadOnlyList<ScannedProject> Projects { get; init; }

    public required IReadOnlyList<ScannedRule> Rules { get; init; }

    /// <summary>By file, line and rule; each once, whatever the number of frameworks that a project is built for.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What could not be done, and why.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Whether findings were compared with those of a baseline: only then is one that is not known a new one.</summary>
    public bool HasBaseline { get; init; }
}
