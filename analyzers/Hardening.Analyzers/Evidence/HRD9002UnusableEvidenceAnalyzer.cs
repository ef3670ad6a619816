using System.Globalization;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>HRD9002: evidence that nobody can use any more looks like evidence that nothing is wrong.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD9002UnusableEvidenceAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD9002";

    private const string Title = "Take away or renew evidence that says nothing about this code";
    private const string Message = "'{0}' {1}";
    private const string Description =
        "A stall report among the additional files cannot be read, or names statements that this code does not have: it is damaged, of a newer version, of another application, or older than a change of the code. Take the file away once its stall is mended, or put a newer one in its place.";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(Id, Title, Message, Categories.Evidence, DiagnosticSeverity.Info, Description);

    // What is found nowhere is known when all of the code has been looked at.
    private static readonly DiagnosticDescriptor AtEnd =
        Rules.Create(Id, Title, Message, Categories.Evidence, DiagnosticSeverity.Info, Description, WellKnownDiagnosticTags.CompilationEnd);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule, AtEnd);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (CompilationEvidence.IsThere(start.Options))
            {
                start.RegisterAdditionalFileAction(Read);
                start.RegisterCompilationEndAction(Compare);
            }
        });
    }

    private static void Read(AdditionalFileAnalysisContext context)
    {
        if (EvidenceFile.IsEvidence(context.AdditionalFile) && EvidenceFile.Read(context.AdditionalFile, context.CancellationToken) is { Problem: { } problem, Place: var place })
        {
            context.ReportDiagnostic(Create(Rule, context.AdditionalFile, place, "unreadable", "", $"cannot be used: {problem}"));
        }
    }

    private static void Compare(CompilationAnalysisContext context)
    {
        var evidence = CompilationEvidence.Of(context.Compilation, context.Options);
        var assembly = context.Compilation.AssemblyName;
        var stale = new HashSet<string>(StringComparer.Ordinal);

        // The newest first: it stands for the older ones that name the same.
        foreach (var source in evidence.Reports.Reverse())
        {
            var report = source.Report;
            if (report.Mentions.Count == 0)
            {
                context.ReportDiagnostic(Create(AtEnd, source.File, report.Span, "empty", "", $"names no statement: {Why(report)}"));
                continue;
            }

            var missing = report.Mentions.Where(mention => evidence.Find(mention.Place, context.CancellationToken).Node is null).ToList();
            if (missing.Count == report.Mentions.Count && missing.All(mention => mention.Place.Module is { } module && module != assembly))
            {
                var others = string.Join("' and '", missing.Select(mention => mention.Place.Module).Distinct());
                context.ReportDiagnostic(Create(AtEnd, source.File, report.Span, "foreign", "", $"is about '{others}', and names nothing of '{assembly}'"));
                continue;
            }

            // What is of another assembly is told where that is compiled.
            foreach (var mention in missing.Where(mention => mention.Place.Module is null || mention.Place.Module == assembly))
            {
                var key = EvidenceKeys.Of(mention.Place);
                if (stale.Add(key))
                {
                    context.ReportDiagnostic(Create(AtEnd, source.File, mention.Span, "stale", key, Stale(mention.Place, evidence, key, context.CancellationToken)));
                }
            }
        }
    }

    private static string Stale(EvidencePlace place, CompilationEvidence evidence, string key, CancellationToken cancellation)
    {
        var others = evidence.Reports.Count(source => source.Report.Mentions.Any(mention => EvidenceKeys.Of(mention.Place) == key)) - 1;
        var also = others == 0 ? "" : string.Format(CultureInfo.InvariantCulture, ", as {0} older {1}", others, others == 1 ? "report does" : "reports do");
        return $"names {(place.File is null ? "" : $"{place} in ")}'{StackName.Normal(place.Method)}'{also}, which is not found: {evidence.Find(place, cancellation).Reason}";
    }

    private static string Why(EvidenceReport report) => report.Missing is { Length: > 0 } missing ? $"it lacks: {missing.TrimEnd('.')}" : $"its cause is '{report.Cause}'";

    private static Diagnostic Create(DiagnosticDescriptor rule, AdditionalText file, TextSpan span, string kind, string place, string what)
    {
        var lines = file.GetText()?.Lines.GetLinePositionSpan(span) ?? default;
        var name = file.Path.Substring(file.Path.LastIndexOfAny(['/', '\\']) + 1);
        return Diagnostic.Create(
            rule, Location.Create(file.Path, span, lines), ImmutableDictionary<string, string?>.Empty.Add("kind", kind).Add("file", file.Path).Add("place", place), name, what);
    }
}
