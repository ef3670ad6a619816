using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Hardening.Cli.Fixing;

/// <summary>What rules find in a project, as its compiler would tell it: suppressed ones left out, with the severities of the user.</summary>
internal static class ProjectFindings
{
    public static async Task<IReadOnlyList<Diagnostic>> OfAsync(Project project, ImmutableArray<DiagnosticAnalyzer> analyzers, FixScope scope, CancellationToken stop)
    {
        var compilation = (await project.GetCompilationAsync(stop))!;
        // A rule that throws tells nothing; 'harden scan' says which.
        var run = compilation.WithAnalyzers(analyzers, new CompilationWithAnalyzersOptions(
            project.AnalyzerOptions, (_, _, _) => { }, concurrentAnalysis: true, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: false));
        var found = await run.GetAnalyzerDiagnosticsAsync(stop);
        return [.. found.Where(diagnostic => diagnostic.Severity != DiagnosticSeverity.Hidden && scope.Has(project, diagnostic))
            .OrderBy(diagnostic => diagnostic.Location.SourceTree!.FilePath, StringComparer.Ordinal).ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }
}
