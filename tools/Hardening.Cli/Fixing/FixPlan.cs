using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Fixing;

/// <summary>A file that fixes change, in memory.</summary>
internal sealed record PlannedFile(string Path, SourceText Old, SourceText New, IReadOnlySet<string> Rules);

/// <summary>Projects that share files, or the one project of which that is not so: their changes are kept together or not at all.</summary>
/// <param name="Name">Of its projects, for people.</param>
/// <param name="Projects">The project files.</param>
/// <param name="Files">Those that change; none where nothing does.</param>
internal sealed record PlannedUnit(string Name, IReadOnlySet<string> Projects, IReadOnlyList<PlannedFile> Files);

/// <summary>What a fix of one rule changed in a project.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Title">What the fix says that it does.</param>
/// <param name="Project">The project.</param>
/// <param name="Findings">How many findings are gone.</param>
/// <param name="Files">The files, relative to the root.</param>
/// <param name="AddedLines">Lines that were not there before.</param>
/// <param name="RemovedLines">Lines that are not there any more.</param>
internal sealed record AppliedFix(string Rule, string Title, string Project, int Findings, IReadOnlyList<string> Files, int AddedLines, int RemovedLines);

/// <summary>A fix that was taken back, or not begun.</summary>
/// <param name="Rules">The rules whose changes these were.</param>
/// <param name="Project">The project.</param>
/// <param name="Why">In one line.</param>
internal sealed record RefusedFix(IReadOnlyList<string> Rules, string Project, string Why);

/// <summary>A way to fix a finding that people choose.</summary>
internal sealed record FixVariant(string Key, string Title);

/// <summary>Findings that have fixes of which none is taken without being asked for.</summary>
internal sealed record OpenDecision(string Rule, string Project, int Findings, IReadOnlyList<FixVariant> Variants);

/// <summary>Findings that stay: no fix fits there, or the rule has none.</summary>
internal sealed record LeftFinding(string Rule, string Project, int Findings, bool HasFix);

/// <summary>What shall be done, before any file is written to.</summary>
internal sealed record FixPlan
{
    public required IReadOnlyList<PlannedUnit> Units { get; init; }

    public required IReadOnlyList<AppliedFix> Applied { get; init; }

    public required IReadOnlyList<RefusedFix> Refused { get; init; }

    public required IReadOnlyList<OpenDecision> Decisions { get; init; }

    public required IReadOnlyList<LeftFinding> Left { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }
}
