using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3011: a program that fails at once is started again as fast as the machine can, for ever.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3011RestartWithoutBackOffAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3011";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Wait before a program is started again",
        messageFormat: "'{0}' starts {1} again {2} without a pause, so one that fails at once is started as fast as the machine can",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A program that cannot start (a missing file, a port that is taken, a broken configuration) ends within milliseconds. Restarted at once, it takes a core, fills the log and the disk, and hides the cause. Wait longer after each failure, up to a cap, and give up or raise an alarm after some.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            if (facts.Processes is { } types)
            {
                start.RegisterOperationAction(
                    operation =>
                    {
                        if (StartedChild.IsOne((IInvocationOperation)operation.Operation, types))
                        {
                            Analyze(operation, types, facts);
                        }
                    },
                    OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, ProcessTypes types, CompilationFacts facts)
    {
        var start = (IInvocationOperation)context.Operation;
        if (Restarts.Of(start, types, facts, context.ContainingSymbol) is { } how
            && HRD3008AskedToEndOnlyAnalyzer.RequestAt(start, types, facts, context.ContainingSymbol) is null)
        {
            var program = StartedChild.Of(start, types).Program;
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, start.Head(), start.FunctionName(context.ContainingSymbol), program is null ? "a process" : $"the process '{program}'", how));
        }
    }
}
