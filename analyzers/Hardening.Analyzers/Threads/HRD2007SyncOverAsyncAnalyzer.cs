using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2007: a thread stands still until another one has done the rest of a task, and there may be no other.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2007SyncOverAsyncAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2007";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not block on a task that may still run",
        messageFormat: "'{0}' blocks its thread with '{1}', and the rest of the task may need another thread, or this very one",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A thread that blocks on a task holds what the task may need to end: its place in the pool, or the one thread of its context. Under load the pool runs dry; with a context it is a deadlock. Await the task.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Threading.Tasks.Task") is null)
            {
                return;
            }

            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            start.RegisterOperationAction(wait => Analyze(wait, facts), OperationKind.PropertyReference, OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, CompilationFacts facts)
    {
        if (TaskWait.Of(context.Operation) is not { } wait
            || facts.Blocking.Find(context.Operation) is not { } blocking
            || wait.IsOver(facts.Callers)
            || facts.Regions.HeldAround(context.Operation) is not null)
        {
            return;
        }

        // The main thread has no context yet, and is none of the pool's.
        var function = Functions.Of(context.Operation, context.ContainingSymbol);
        if (function?.IsAsync != true && (wait.IsBounded || wait.IsForPipes || wait.IsForOneEnd || Functions.IsProgram(function)) || IsElsewhere(context, facts))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            Rule, context.Operation.Head(), context.Operation.FunctionName(context.ContainingSymbol), blocking.Name));
    }

    // A thread of its own may block; an expression tree does not run; a parallel loop without a limit is HRD2005's to report, a callback for frames HRD4004's.
    private static bool IsElsewhere(OperationAnalysisContext context, CompilationFacts facts)
    {
        foreach (var handover in Handover.OfFunctionAround(context.Operation, context.ContainingSymbol, facts.Callers))
        {
            if (handover.To is Runner.OwnThread or Runner.Nobody or Runner.UnlimitedLoop)
            {
                return true;
            }
        }

        return facts.FrameCallbacks.Around(context.Operation, context.ContainingSymbol) is not null;
    }
}
