using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2008: a pool thread sleeps or waits, where code that awaits would give it back.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2008BlockingWaitInAsyncCodeAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2008";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not block a pool thread with a wait",
        messageFormat: "'{0}' {1} and waits in '{2}', so a thread of the pool stands still",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Async code and callbacks run on the few threads of the pool. A thread that sleeps or waits there serves nobody; under load the pool runs dry and everything stalls. Await the wait's async twin.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Threading.Tasks.Task") is not null)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                start.RegisterOperationAction(call => Analyze(call, facts), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, CompilationFacts facts)
    {
        var call = (IInvocationOperation)context.Operation;
        var isWait = ThreadWait.IsWait(call);
        if (isWait || PoolCode.IsPartOfCallers(call.TargetMethod))
        {
            AnalyzeCandidate(context, call, isWait, facts);
        }
    }

    private static void AnalyzeCandidate(OperationAnalysisContext context, IInvocationOperation call, bool isWait, CompilationFacts facts)
    {
        if (isWait && ThreadWait.Name(call, facts.Blocking) is { } name)
        {
            if (PoolCode.OfWait(call, context.ContainingSymbol, facts) is { } code && !HiddenWait.IsHeld(call, facts))
            {
                Report(context, call, code, name, facts);
            }
        }
        else if (PoolCode.IsPartOfCallers(call.TargetMethod)
            && PoolCode.Around(call, context.ContainingSymbol, facts) is { } code
            && !HiddenWait.IsHeld(call, facts)
            // Of all questions this one costs most: it reads all that the helper calls.
            && HiddenWait.Behind(call, facts) is var (path, wait)
            && (!code.WantsTwin || ThreadWait.HasAsyncTwin(wait)))
        {
            Report(context, call, code, path, facts);
        }
    }

    // The thread that brings the frames is not the pool's: HRD4004 reports what blocks it.
    private static void Report(OperationAnalysisContext context, IInvocationOperation call, PoolCode code, string wait, CompilationFacts facts)
    {
        if (facts.FrameCallbacks.Around(call, context.ContainingSymbol) is null)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, call.Head(), call.FunctionName(context.ContainingSymbol), code.How, wait));
        }
    }
}
