using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3005: the wait for a child is over, and the child is not.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3005ChildRunsOnAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3005";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "End a process that does not end in time",
        messageFormat: "'{0}' {1}",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A limit or a token ends the wait, not the child: it runs on, with its memory, files and ports, and the next one is started beside it. Kill the tree when the time is up.");

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
                start.RegisterOperationAction(operation => Analyze(operation, types, facts), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, ProcessTypes types, CompilationFacts facts)
    {
        var call = (IInvocationOperation)context.Operation;
        if (MayBeOne(call))
        {
            AnalyzeWait(context, call, types, facts);
        }
        else if (TriedEnd.IsNamed(call.TargetMethod.Name))
        {
            AnalyzeTry(context, call, types, facts);
        }
    }

    private static void AnalyzeWait(OperationAnalysisContext context, IInvocationOperation wait, ProcessTypes types, CompilationFacts facts)
    {
        if (ChildAt(wait, context.ContainingSymbol, types, facts) is { } child)
        {
            Report(context, wait, LeftChild.IsUnasked(wait)
                ? $"does not ask whether {child.Name} has ended in time, and nothing ends it when it has not"
                : $"leaves {child.Name} running when the wait for it is given up");
        }
    }

    private static bool MayBeOne(IInvocationOperation call) => call.TargetMethod.Name is "WaitForExit" or "WaitForExitAsync";

    /// <summary>The child that runs on when the wait is over; null where none does, or where somebody sees to it.</summary>
    internal static ChildHistory? ChildAt(IInvocationOperation wait, ISymbol containing, ProcessTypes types, CompilationFacts facts) =>
        MayBeOne(wait)
        && LeftChild.Of(wait, types) is { } child
        && (LeftChild.IsUnasked(wait) ? LeftChild.RunsOnUnasked(wait, child, containing, types, facts)
            : LeftChild.CanBeCancelled(wait) && LeftChild.RunsOnWhenCancelled(wait, child, containing, types, facts))
        && !IsOfRequest(child, types, facts)
        // Asked last: it costs most.
        && !BlockingWait.IsReported(wait, containing, facts)
            ? child
            : null;

    // A child that only sends a signal ends at once; and that one is asked to end, and no more, is HRD3008's to say.
    private static bool IsOfRequest(ChildHistory child, ProcessTypes types, CompilationFacts facts) =>
        child.Creation is { } created
        && (created is IInvocationOperation start && EndRequest.Of(start, types) is not null || StartMistakes.IsAskedOnly(types.Ownership.Follow(created), types, facts));

    private static void AnalyzeTry(OperationAnalysisContext context, IInvocationOperation call, ProcessTypes types, CompilationFacts facts)
    {
        if (TriedEnd.IsForgotten(call, context.ContainingSymbol, types, facts))
        {
            Report(context, call, $"does not ask whether '{call.TargetMethod.Name}' has ended the process, which may run on");
        }
    }

    private static void Report(OperationAnalysisContext context, IInvocationOperation call, string mistake) =>
        context.ReportDiagnostic(Diagnostic.Create(Rule, call.Head(), call.FunctionName(context.ContainingSymbol), mistake));
}
