using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1003: whoever needs the lock waits for the disk, the device or the thread that its holder waits for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1003LockHeldAcrossBlockingAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1003";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not block while a lock is held",
        messageFormat: "'{0}' holds the lock '{1}' across '{2}', so every thread that needs the lock waits for it too",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A lock that is held across a wait or I/O stalls every thread that needs it, and deadlocks when what is waited for needs it as well. Block before or after the lock.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            start.RegisterOperationAction(scope => AnalyzeScope(scope, facts), OperationKind.Lock, OperationKind.Using, OperationKind.UsingDeclaration);
            start.RegisterOperationAction(call => AnalyzeCalls(call, facts), OperationKind.Invocation);
        });
    }

    private static void AnalyzeScope(OperationAnalysisContext context, CompilationFacts facts)
    {
        if (facts.Regions.ScopeOf(context.Operation) is not { } scope || LockFacts.WhyExcludesNobody(scope.Lock, context.ContainingSymbol) is not null)
        {
            return;
        }

        var operations = scope.Body.SelectMany(statement => statement.DescendantsInFunction()).ToList();
        var inner = Scopes(operations, facts);
        foreach (var operation in operations.TakeWhile(operation => !Leaves(operation, scope.Lock, facts)))
        {
            if (inner.Any(span => span.Contains(operation.Syntax.Span)))
            {
                continue;
            }

            if (facts.Regions.GivenUpBy(operation) is { } givenUp)
            {
                ReportWait(context, operation, givenUp, facts);
            }
            else if (Find(operation, scope.Lock, facts) is { } found)
            {
                Report(context, operation, scope.Lock, found);
            }
        }
    }

    private static bool Leaves(IOperation operation, IOperation held, CompilationFacts facts) =>
        operation is IInvocationOperation call && facts.Regions.LeftBy(call) is { } left && LockRegions.AreSame(left, held);

    // What is in an inner scope is reported with the lock of that scope.
    private static List<TextSpan> Scopes(IEnumerable<IOperation> operations, CompilationFacts facts) =>
        operations.Select(facts.Regions.ScopeOf).Where(scope => scope is not null)
            .SelectMany(scope => scope!.Value.Body).Select(operation => operation.Syntax.Span).ToList();

    // Monitor.Wait gives up its own lock, and no other one.
    private static void ReportWait(OperationAnalysisContext context, IOperation wait, IOperation givenUp, CompilationFacts facts)
    {
        for (var parent = wait.Parent; parent is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); parent = parent.Parent)
        {
            if (parent is ILockOperation or IUsingOperation && facts.Regions.ScopeOf(parent) is { Lock: var held } && !LockRegions.AreSame(held, givenUp))
            {
                Report(context, wait, held, new BlockingCall("Monitor.Wait", isWait: true));
                return;
            }
        }
    }

    private static void AnalyzeCalls(OperationAnalysisContext context, CompilationFacts facts)
    {
        if (context.Operation is not IInvocationOperation call || facts.Regions.EnteredBy(call) is null)
        {
            return;
        }

        // All that the calls of a function hold is reported with the first of them.
        var function = call.Function();
        if (function.DescendantsInFunction().First(operation => operation is IInvocationOperation other && facts.Regions.EnteredBy(other) is not null) != call)
        {
            return;
        }

        var scopes = Scopes(function.DescendantsInFunction(), facts);
        foreach (var operation in function.DescendantsInFunction())
        {
            if (facts.Regions.HeldByCalls(operation) is { IsDefault: false } locks
                && locks.LastOrDefault(held => facts.Regions.GivenUpBy(operation) is not { } givenUp || !LockRegions.AreSame(held, givenUp)) is { } held
                && Find(operation, held, facts) is { } found
                && !scopes.Any(scope => scope.Contains(operation.Syntax.Span)))
            {
                Report(context, operation, held, found);
            }
        }
    }

    // After an await another thread may run, which does not own the lock that it is about to leave.
    private static BlockingCall? Find(IOperation operation, IOperation held, CompilationFacts facts) =>
        operation is IAwaitOperation ? new BlockingCall("await", isWait: true) : facts.Blocking.FindThrough(operation, waitsOnly: false, LockRegions.Identity(held));

    private static void Report(OperationAnalysisContext context, IOperation operation, IOperation held, BlockingCall found) =>
        context.ReportDiagnostic(Diagnostic.Create(
            Rule,
            operation.Head(),
            found.At is { } at ? [at] : null,
            operation.FunctionName(context.ContainingSymbol),
            Names.Of(held.Syntax),
            found.Name));
}
