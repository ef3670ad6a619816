using System.Collections.Concurrent;
using System.Globalization;
using Hardening.Cli.Projects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Diagnostics.Telemetry;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Scanning;

/// <summary>What one project told.</summary>
/// <param name="Project">For the result.</param>
/// <param name="Findings">Of the rules asked for.</param>
/// <param name="Failures">Rules that threw, each with what.</param>
/// <param name="NotRun">Rules that threw before they could look at anything.</param>
internal sealed record ProjectScan(ScannedProject Project, IReadOnlyList<RawFinding> Findings, IReadOnlyList<string> Failures, IReadOnlySet<string> NotRun)
{
    public static async Task<ProjectScan> RunAsync(LoadedCode code, LoadedProject loaded, RuleCatalog rules, ScanOptions options, IReadOnlyList<(string Path, SourceText Text)> evidence, CancellationToken stop)
    {
        var project = Prepare(code.Workspace.CurrentSolution.GetProject(loaded.Id)!, options, evidence);
        var compilation = (await project.GetCompilationAsync(stop))!;
        var failures = new ConcurrentQueue<(DiagnosticAnalyzer Rule, Exception Failure)>();
        var run = compilation.WithAnalyzers(rules.Analyzers, new CompilationWithAnalyzersOptions(
            project.AnalyzerOptions, (failure, rule, _) => failures.Enqueue((rule, failure)), concurrentAnalysis: true, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: false));
        var diagnostics = await run.GetAllDiagnosticsAsync(stop);
        var findings = diagnostics.Where(diagnostic => rules.Rules.ContainsKey(diagnostic.Id)).Select(diagnostic => RawFinding.Of(diagnostic, project, loaded, compilation, code.Root, stop)).OfType<RawFinding>().ToList();
        var notRun = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in failures.Select(failure => failure.Rule).Distinct())
        {
            if (!HasActions(await run.GetAnalyzerTelemetryInfoAsync(rule, stop)))
            {
                notRun.UnionWith(rule.SupportedDiagnostics.Select(descriptor => descriptor.Id));
            }
        }

        var sources = project.Documents.Where(LoadedCode.IsSource).ToList();
        var lines = 0;
        foreach (var source in sources)
        {
            lines += (await source.GetTextAsync(stop)).Lines.Count;
        }

        return new ProjectScan(
            new ScannedProject(loaded.Name, loaded.Path, loaded.Framework, loaded.Mode, sources.Count, lines, [.. loaded.Notes, .. Notes(loaded, diagnostics)]),
            findings,
            [.. failures.GroupBy(failure => (failure.Rule, failure.Failure.GetType())).Select(same => Describe(same.Key.Rule, same.First().Failure, same.Count(), project.Name))],
            notRun);
    }

    // Each in a copy of the solution of its own, whose compilation can go when it has been looked at.
    private static Project Prepare(Project project, ScanOptions options, IReadOnlyList<(string Path, SourceText Text)> evidence)
    {
        project = project.Solution.WithProjectAssemblyName(project.Id, project.AssemblyName).GetProject(project.Id)!;
        project = options.Preset is { } preset ? Preset.Give(project, preset) : project;
        var known = project.AdditionalDocuments.Select(document => document.FilePath).ToHashSet(StringComparer.Ordinal);
        foreach (var (path, text) in evidence.Where(file => !known.Contains(file.Path)))
        {
            project = project.AddAdditionalDocument(Path.GetFileName(path), text, filePath: path).Project;
        }

        return project;
    }

    private static IEnumerable<string> Notes(LoadedProject loaded, IEnumerable<Diagnostic> diagnostics)
    {
        if (loaded.Mode == LoadMode.Loose)
        {
            return UnresolvedNames.Describe(diagnostics) is { } unresolved ? [unresolved] : [];
        }

        var errors = diagnostics.Where(diagnostic => diagnostic is { DefaultSeverity: DiagnosticSeverity.Error, IsSuppressed: false } && diagnostic.Id.StartsWith("CS", StringComparison.Ordinal)).ToList();
        return errors is [var first, ..]
            ? [$"{errors.Count} errors that the build did not have, so that something may be missed: {first.Id}: {first.GetMessage(CultureInfo.InvariantCulture)} ({first.Location.GetLineSpan()})"]
            : [];
    }

    private static bool HasActions(AnalyzerTelemetryInfo told) =>
        told.SyntaxTreeActionsCount + told.SemanticModelActionsCount + told.SymbolActionsCount + told.SymbolStartActionsCount + told.SyntaxNodeActionsCount + told.OperationActionsCount
        + told.OperationBlockActionsCount + told.OperationBlockStartActionsCount + told.CompilationActionsCount + told.CompilationEndActionsCount + told.AdditionalFileActionsCount > 0;

    private static string Describe(DiagnosticAnalyzer rule, Exception failure, int count, string project)
    {
        var place = failure.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Hardening", StringComparison.Ordinal))?.Trim();
        return $"{rule.SupportedDiagnostics[0].Id} failed {(count == 1 ? "once" : $"{count} times")} in {project}, and may miss something there; please report it: {failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")} {place}";
    }
}
