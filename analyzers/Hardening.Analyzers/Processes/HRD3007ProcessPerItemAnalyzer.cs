using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3007: how many processes there are is decided by the input, not by what the machine has cores and memory for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3007ProcessPerItemAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3007";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not start a process per item without a limit",
        messageFormat: "'{0}' starts {1} for each {2}, so the load decides how many run at once",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A process costs milliseconds to start, memory and a share of every core. Started per element, request or event, as many run at once as come in, until memory or process ids run out. Bound them: a parallel loop with a limit, a semaphore, or a pool of workers that are started once.");

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
        if (PerItemStarts.RootOf(start, types, facts, context.ContainingSymbol) is { } root
            && !StartMistakes.IsRequestOrRestart(start, types, facts, context.ContainingSymbol))
        {
            var program = StartedChild.Of(start, types).Program;
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, start.Head(), start.FunctionName(context.ContainingSymbol), program is null ? "a process" : $"the process '{program}'", root.Per));
        }
    }
}
