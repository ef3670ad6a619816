using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1006: threads that do all their work under one lock do it one after the other, and pay for the threads.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1006LockAroundLoopBodyAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1006";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not hold a lock for all the work of a parallel loop",
        messageFormat: "'{0}' holds the lock '{1}' for nearly all of {2}",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "If the body of a parallel loop is one lock, its threads run one at a time, and slower than a plain loop. Do the work outside of the lock and hold the lock for the result alone, or let each thread collect its own result.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            var workers = new Workers(start.Compilation, facts);
            start.RegisterOperationAction(scope => Analyze(scope, facts, workers), OperationKind.Lock, OperationKind.Using, OperationKind.UsingDeclaration, OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, CompilationFacts facts, Workers workers)
    {
        var regions = facts.Regions;
        var taken = LockedTry.Of(context.Operation, regions);
        var scope = taken?.Try ?? context.Operation;
        if ((taken?.Lock ?? regions.ScopeOf(scope)?.Lock) is not { } held || BodyOfWhich(scope, taken) is not { } whole || !IsOneForAll(held, whole))
        {
            return;
        }

        var work = whole switch
        {
            ILoopOperation loop => workers.RunningTogether(loop, scope, context.ContainingSymbol),
            IAnonymousFunctionOperation lambda => ParallelBody.NameOf(lambda),
            ILocalFunctionOperation { Symbol: var local } => ParallelBody.NameOf(local, scope),
            _ => context.ContainingSymbol is IMethodSymbol method ? ParallelBody.NameOf(method, scope) : null,
        };
        work ??= whole is ILoopOperation ? null : workers.StartedForEach(whole, context.ContainingSymbol);
        // A callback for frames may take no lock at all, which HRD4004 reports.
        if (work is not null
            && LockFacts.WhyExcludesNobody(held, context.ContainingSymbol) is null
            && facts.FrameCallbacks.Around(context.Operation, context.ContainingSymbol) is null)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Operation.Head(), scope.FunctionName(context.ContainingSymbol), Names.Of(held.Syntax), work));
        }
    }

    // The function or loop that does little else: a try around it, or a cheap statement beside it, changes nothing.
    private static IOperation? BodyOfWhich(IOperation scope, LockedTry? taken)
    {
        for (var (node, parent) = (scope, scope.Parent); parent is not null; (node, parent) = (parent, parent.Parent))
        {
            switch (parent)
            {
                case IBlockOperation block when CheapWork.IsAllBeside(node, block, taken):
                case ITryOperation attempt when attempt.Body == node:
                    continue;
                case ILoopOperation loop when loop.Body == node:
                    return loop;
                case IAnonymousFunctionOperation or ILocalFunctionOperation or IMethodBodyOperation:
                    return parent;
                default:
                    return null;
            }
        }

        return null;
    }

    // A lock of the element keeps only those apart that work on the same element.
    private static bool IsOneForAll(IOperation held, IOperation whole) => held.DescendantsAndSelf().All(operation => operation switch
    {
        ILocalReferenceOperation { Local: var local } => IsOutsideOf(local, whole),
        IParameterReferenceOperation { Parameter: var parameter } => IsOutsideOf(parameter, whole),
        IInvocationOperation => false,
        _ => true,
    });

    private static bool IsOutsideOf(ISymbol symbol, IOperation whole) => symbol.DeclaringSyntaxReferences.All(declaration => !whole.Syntax.Span.Contains(declaration.Span));
}
