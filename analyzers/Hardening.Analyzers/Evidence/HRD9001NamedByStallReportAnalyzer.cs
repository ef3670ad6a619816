namespace Hardening.Analyzers.Evidence;

/// <summary>HRD9001: not a pattern that may stall, but a statement that did, by a report of the application's own watchdog.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD9001NamedByStallReportAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD9001";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Mend what a stall report names",
        messageFormat: "'{0}' in '{1}' is named by {2}: {3}, {4}",
        category: Categories.Evidence,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "The application stood still, and its watchdog put that down to this statement: it held a lock or waited for one, blocked the thread pool, started too many children, slept, or was busy for too long. The time is what was measured.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (CompilationEvidence.IsThere(start.Options))
            {
                var evidence = CompilationEvidence.Of(start.Compilation, start.Options);
                start.RegisterSemanticModelAction(file => Analyze(file, evidence));
            }
        });
    }

    private static void Analyze(SemanticModelAnalysisContext context, CompilationEvidence evidence)
    {
        foreach (var statement in evidence.StatementsIn(context.SemanticModel.SyntaxTree, context.CancellationToken))
        {
            var measured = MeasuredStatement.Of(statement.Key, statement.SelectMany(evidence.MentionsOf));
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, measured.Location, measured.Properties, measured.Text, measured.Member, measured.Reports, measured.Deed, measured.Time));
        }
    }
}
