using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3004: a child that hangs takes with it whoever waits for it without a limit.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3004UnlimitedProcessWaitAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3004";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Give every wait for a process a limit or a token",
        messageFormat: "'{0}' waits for {1} with neither a limit nor a token, so it hangs for as long as the child does",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A child can hang: on a prompt, a lock, a lost network drive, a pipe that a grandchild holds. Whoever waits for it without a limit hangs too, and nobody is told. Pass a token, or a limit, and kill the tree when it is over.");

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
        if (MayBeOne(call) && ChildAt(call, context.ContainingSymbol, types, facts) is { } child)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, call.Head(), call.FunctionName(context.ContainingSymbol), child.Name));
        }
    }

    private static bool MayBeOne(IInvocationOperation call) => call.TargetMethod.Name is "WaitForExit" or "WaitForExitAsync";

    /// <summary>The child that is waited for without a limit; null where nothing is to be said of that.</summary>
    internal static ChildHistory? ChildAt(IInvocationOperation wait, ISymbol containing, ProcessTypes types, CompilationFacts facts)
    {
        if (!MayBeOne(wait) || !types.IsMember(wait.TargetMethod, wait.TargetMethod.Name) || wait.Instance is null || ChildUses.LimitOf(wait) != WaitLimit.None)
        {
            return null;
        }

        var child = ChildHistory.Of(wait.Instance, types);
        return (!ChildUses.IsAsync(wait) || AwaitedExit.IsWaitedFor(wait))
            && !EndedChild.IsEndedBefore(wait, child)
            && !CanBeEndedMeanwhile(wait, child)
            && !IsChosen(wait, child)
            && !AwaitedExit.IsObserver(wait, child)
            && !IsMonitor(wait, child)
            && !ForegroundChild.IsOne(wait, child, containing, types)
            && !IsReportedAsUnread(wait, child, types)
            // Asked last: it costs most.
            && !BlockingWait.IsReported(wait, containing, facts)
                ? child
                : null;
    }

    // Stop kills it, a cancelled token does, a timer does: then the wait ends. Dispose comes when the wait is over.
    private static bool CanBeEndedMeanwhile(IOperation wait, ChildHistory child) =>
        child.Uses.Any(use => use.EndsIt && !StatementOrder.AreInOneFunction(use.Here, wait) && Callers.MemberOf(use.Here)?.Name is not ("Dispose" or "DisposeAsync" or "DisposeAsyncCore"))
        || child.IsEndedByNumber;

    // That nothing ends the child of a service is HRD3002's to say. One that is started here is waited for as any other.
    private static bool IsMonitor(IInvocationOperation wait, ChildHistory child) =>
        child is { Creation: null, Members: { Count: > 0 } members }
        && members.Exists(member => KeptChild.IsMonitor(wait, member))
        && !wait.Root().Descendants().Any(operation => operation is IAssignmentOperation { Target: IMemberReferenceOperation { Member: var written } } && members.Contains(written.OriginalDefinition, SymbolEqualityComparer.Default));

    // if (timeout > 0) p.WaitForExit(timeout); else p.WaitForExit(); is what a user has set.
    private static bool IsChosen(IOperation wait, ChildHistory child)
    {
        for (var outer = wait.Parent; outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); outer = outer.Parent)
        {
            if (outer is IConditionalOperation { WhenFalse: { } otherwise } branch
                && (StatementOrder.Contains(otherwise, wait) ? branch.WhenTrue : branch.WhenFalse) is { } other
                && child.Uses.Any(use => use.Kind == ChildUseKind.Wait && use.At is IInvocationOperation limited && StatementOrder.Contains(other, limited) && ChildUses.LimitOf(limited) != WaitLimit.None))
            {
                return true;
            }
        }

        return false;
    }

    // HRD3006: it waits before it reads, and reading first may be all that is missing.
    private static bool IsReportedAsUnread(IOperation wait, ChildHistory child, ProcessTypes types) =>
        child.Creation is { } created
        && types.IsStart(created)
        && ChildPipes.Of(created, types) is { } pipes
        && HRD3006PipeNotDrainedAnalyzer.FirstStandstill(pipes) is { } standstill
        && (standstill == wait || StatementOrder.Contains(standstill, wait));
}
