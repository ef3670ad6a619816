using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2010: a thread is made, used up to the first await, and thrown away.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2010ThreadLeftAtFirstAwaitAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2010";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not make a thread for an async delegate",
        messageFormat: "'{0}' makes a thread for async code, which leaves it at its first await and goes on in the pool",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A thread of its own, by new Thread or LongRunning, ends at the first await of an async delegate; the rest runs on the pool, and the thread or task is over before the work is. Use Task.Run.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Threading.Tasks.Task") is not null)
            {
                start.RegisterOperationAction(Analyze, OperationKind.ObjectCreation, OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        if (AsyncDelegates.LeavesItsThread(context.Operation) is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Operation.Head(), context.Operation.FunctionName(context.ContainingSymbol)));
        }
    }
}
