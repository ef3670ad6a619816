using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>HRD4005: what is kept of a frame is not this frame for long: the camera fills the same memory again, or it is freed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD4005FrameKeptAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD4005";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Copy a frame that you keep",
        messageFormat: "'{0}' {1} '{2}' {3}, but {4}: keep a copy",
        category: Categories.Camera,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A frame belongs to the camera's code: it is filled again in the next round, disposed at its end, or taken back after the callback. Whoever keeps it needs a clone, a copy or a lease of his own.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            if (FrameTypes.Of(start.Compilation, facts) is { } types)
            {
                var keeping = new FrameKeeping(types, facts, start.Compilation);
                var loans = new FrameLoans(types, facts);
                start.RegisterOperationAction(
                    operation => Analyze(operation, keeping, loans),
                    OperationKind.Invocation, OperationKind.SimpleAssignment, OperationKind.CoalesceAssignment, OperationKind.ObjectCreation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, FrameKeeping keeping, FrameLoans loans)
    {
        foreach (var kept in keeping.By(context.Operation))
        {
            if (loans.Of(kept.Value, context.Operation, context.ContainingSymbol) is { } loan
                && (kept.Container is null || FrameContainers.Outlives(kept.Container, loan.Until, context.Operation)))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule,
                    kept.Value.Syntax.GetLocation(),
                    context.Operation.FunctionName(context.ContainingSymbol),
                    kept.Container is null ? "gives" : "keeps",
                    Names.Of(kept.Value.Syntax),
                    kept.How,
                    loan.End));
            }
        }
    }
}
