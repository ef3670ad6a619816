using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1011: each place of a semaphore that an exception takes away is gone for ever, and each that was never taken is one too many.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1011SemaphoreNotReleasedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1011";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Wait for a semaphore before the try and release it in the finally",
        messageFormat: "'{0}' {1}",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A semaphore that is not released when something throws lets one fewer in, until it lets in nobody. One that is released after a wait that failed lets one more in than it should. Wait right before the try, and release in its finally.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var calls = new LockCalls(start.Compilation, CompilationFacts.Of(start.Compilation, start.Options).Semaphores);
            start.RegisterOperationAction(context => Analyze(context, calls), OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, LockCalls calls)
    {
        if (calls.Of(context.Operation) is not { IsSemaphore: true, Use: not LockUse.Release, IsIgnored: false } taken)
        {
            return;
        }

        var name = Names.Of(taken.Lock.Syntax);
        var mistake = TryAround(taken, calls) is not null
            ? $"waits for '{name}' inside the try whose finally releases it: a wait that fails or is cancelled releases what it never took"
            : (KeptLocks.WhyKept(taken, calls, context.GetControlFlowGraph) ?? WhyKeptByLambda(taken, calls, context)) is { } reason
                ? $"keeps a place of '{name}' {reason}: it is lost for all who wait for one"
                : null;
        if (mistake is not null && !Semaphores.BeginsEmpty(taken.Lock))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Operation.Head(), context.Operation.FunctionName(context.ContainingSymbol), mistake));
        }
    }

    /// <summary>The try that the call is inside of and whose finally releases without asking; null where something else was taken before it.</summary>
    internal static ITryOperation? TryAround(LockCall taken, LockCalls calls)
    {
        for (IOperation node = taken.Call; node.Parent is { } parent and not (IAnonymousFunctionOperation or ILocalFunctionOperation); node = parent)
        {
            if (parent is ITryOperation { Finally.Operations: var cleanup } tries && tries.Body == node && cleanup.Any(IsRelease))
            {
                // Released for a while and taken back, or one of several places.
                return taken.Call.Function().DescendantsInFunction().Any(operation =>
                    operation.Syntax.SpanStart < taken.Call.Syntax.SpanStart && calls.Of(operation) is { } other && other.IsOfSameLock(taken))
                    ? null
                    : tries;
            }
        }

        return null;

        bool IsRelease(IOperation statement) => statement is IExpressionStatementOperation { Operation: var operation }
            && (operation is IConditionalAccessOperation { WhenNotNull: var called } ? called : operation) is { } call
            && calls.Of(call) is { Use: LockUse.Release, IsHelper: false } release && release.IsOfSameLock(taken);
    }

    // await limit.WaitAsync(); tasks.Add(Task.Run(() => { Work(); limit.Release(); }));
    private static string? WhyKeptByLambda(LockCall taken, LockCalls calls, OperationAnalysisContext context)
    {
        if (ReleaseInLambda(taken, calls) is not { } release)
        {
            return null;
        }

        var lambda = release.Call.Function();
        return !HandOvers.IsReleasedElsewhere(taken.Lock, lambda.Syntax)
            && Graphs.Of(lambda, context.GetControlFlowGraph()) is { } graph
            && HeldPaths.FromStart(calls.ReleasesOf(taken, lambda), graph) is { IsReleased: true, IsUnclear: false } paths
            ? paths.IsKept ? "on a path that returns" : paths.Throws is { Name: var name } ? KeptLocks.If(name) : null
            : null;
    }

    /// <summary>The release in a function that is written behind the call, in the same block, when there is none in the function itself.</summary>
    internal static LockCall? ReleaseInLambda(LockCall taken, LockCalls calls)
    {
        var function = taken.Call.Function();
        IOperation statement = taken.Call;
        while (statement.Parent is { } parent and not IBlockOperation)
        {
            statement = parent;
        }

        if (taken.Use != LockUse.Take || statement.Parent is not IBlockOperation { Operations: var statements } || calls.ReleasesOf(taken, function).Count > 0)
        {
            return null;
        }

        return statements.SkipWhile(other => other != statement).Skip(1).SelectMany(below => below.DescendantsAndSelf()).Select(calls.Of)
            .FirstOrDefault(call => call is { Use: LockUse.Release } && call.IsOfSameLock(taken));
    }
}
