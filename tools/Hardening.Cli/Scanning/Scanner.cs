using System.Reflection;
using Hardening.Cli.Projects;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Scanning;

/// <summary>A scan, and what it could not do at all.</summary>
/// <param name="Result">The scan.</param>
/// <param name="RulesNotRun">Rules that failed in every project before they could look at anything.</param>
internal sealed record ScanOutcome(ScanResult Result, IReadOnlyList<string> RulesNotRun);

/// <summary>Runs the rules over code that was loaded, one project after the other, on all processors.</summary>
internal sealed class Scanner(TimeProvider time, ScanOptions options)
{
    private readonly RuleCatalog _rules = RuleCatalog.Of(options.Rules);

    /// <summary>The version of this program.</summary>
    public static string Version { get; } = typeof(Scanner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <param name="code">What is looked at.</param>
    /// <param name="target">What was asked for.</param>
    /// <param name="startedAt">When the work began, with the loading.</param>
    /// <param name="progress">Told in one line what is going on.</param>
    /// <param name="stop">Stops it.</param>
    public async Task<ScanOutcome> ScanAsync(LoadedCode code, string target, DateTimeOffset startedAt, Action<string> progress, CancellationToken stop)
    {
        var evidence = options.Evidence.Select(path => (path, SourceText.From(File.ReadAllText(path)))).ToList();
        var scans = new List<ProjectScan>();
        foreach (var (index, project) in code.Projects.Index())
        {
            progress($"scanning {index + 1} of {code.Projects.Count}: {project.Name}{(project.Framework is null ? "" : $" ({project.Framework})")}");
            scans.Add(await ProjectScan.RunAsync(code, project, _rules, options, evidence, stop));
        }

        var raw = scans.SelectMany(scan => scan.Findings).ToList();
        var findings = Findings.Merge(SharedEvidence.WithoutFound(raw, scans.Count).Where(one => one.Finding.Severity >= options.MinSeverity));
        var notRun = scans.Select(scan => scan.NotRun).Aggregate((all, more) => all.Intersect(more).ToHashSet(StringComparer.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var result = new ScanResult
        {
            Root = code.Root,
            Target = target,
            StartedAt = startedAt,
            Duration = time.GetUtcNow() - startedAt,
            ToolVersion = Version,
            Projects = [.. scans.Select(scan => scan.Project)],
            Rules = [.. _rules.Rules.Values.Select(rule => new ScannedRule(
                rule.Id, rule.Title.ToString(null), rule.Category, Preset.Severity(options.Preset, rule.DefaultSeverity), rule.HelpLinkUri) { Description = rule.Description.ToString(null) })],
            Findings = findings,
            Notes = [.. code.Notes, .. scans.SelectMany(scan => scan.Failures), .. notRun.Select(rule => $"{rule} could not run in any project.")],
        };
        return new ScanOutcome(result, notRun);
    }
}
