using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1009: a lock that an exception leaves taken stops every thread that needs it, for ever.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1009ReleaseNotInFinallyAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1009";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Leave a lock in a finally",
        messageFormat: "'{0}' keeps the lock '{1}' {2}, so every other thread waits for it without end",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "An exception or an early return between Enter and Exit leaves the lock taken, and nothing will ever leave it. Use the lock statement, or call Exit in a finally.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var calls = new LockCalls(start.Compilation, CompilationFacts.Of(start.Compilation, start.Options).Regions);
            start.RegisterOperationAction(context => Analyze(context, calls), OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, LockCalls calls)
    {
        if (calls.Of(context.Operation) is { IsSemaphore: false, Use: not LockUse.Release } taken
            && KeptLocks.WhyKept(taken, calls, context.GetControlFlowGraph) is { } reason)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, context.Operation.Head(), context.Operation.FunctionName(context.ContainingSymbol), Names.Of(taken.Lock.Syntax), reason));
        }
    }
}
