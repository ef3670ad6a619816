using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1005: what a handler, a callback or a caller does with the lock in its hand is not in this class to see.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1005ForeignCodeUnderLockAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1005";

    private const string Consequence = "so whoever is called can wait for that very lock on another thread, or take a second one";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not call unknown code while a lock is held",
        messageFormat: "'{0}' {1} while it holds the lock '{2}', {3}",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A handler, a callback or the caller of an iterator runs code that this class does not know. It can take other locks, wait for a thread that needs this one, or never return. Copy what is needed under the lock, and call after it.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            start.RegisterOperationAction(call => AnalyzeCall(call, facts), OperationKind.Invocation);
            start.RegisterOperationAction(yielded => AnalyzeYield(yielded, facts.Regions), OperationKind.YieldReturn);
        });
    }

    private static void AnalyzeCall(OperationAnalysisContext context, CompilationFacts facts)
    {
        var call = (IInvocationOperation)context.Operation;
        if (DelegateOf(call) is { } called)
        {
            if (!IsClock(call.TargetMethod) && HeldAround(call, context, facts.Regions) is { } held && ForeignDelegates.IsForeign(called))
            {
                Report(context, LocationOf(call), $"{Verb(called)} '{Names.Of(called.Syntax)}'", held, Consequence);
            }
        }
        else if (!call.TargetMethod.DeclaringSyntaxReferences.IsEmpty && EventRaisers.IsNamedLikeOne(call.TargetMethod)
            && HeldAround(call, context, facts.Regions) is { } held
            && facts.Blocking.FindThrough(call, waitsOnly: false, LockRegions.Identity(held)) is null // Another rule has named what blocks in it.
            && EventRaisers.RaisedBy(call, facts.Graph, context.CancellationToken) is { } raised)
        {
            Report(context, call.Head(), $"raises '{raised}' through '{call.TargetMethod.Name}'", held, Consequence);
        }
    }

    private static void AnalyzeYield(OperationAnalysisContext context, LockRegions regions)
    {
        if (HeldAround(context.Operation, context, regions) is { } held && context.Operation.Syntax is YieldStatementSyntax statement)
        {
            var head = TextSpan.FromBounds(statement.YieldKeyword.SpanStart, statement.ReturnOrBreakKeyword.Span.End);
            Report(context, Location.Create(statement.SyntaxTree, head), "yields", held, "so its caller keeps the lock until it asks for the next element");
        }
    }

    /// <summary>The delegate that the call runs; null for a call of a method.</summary>
    internal static IOperation? DelegateOf(IInvocationOperation call) =>
        call.TargetMethod.MethodKind == MethodKind.DelegateInvoke
        || call.TargetMethod is { Name: "DynamicInvoke", ContainingType.SpecialType: SpecialType.System_Delegate }
            ? call.Instance is { } instance ? ForeignDelegates.Accessed(instance.Unwrap()) : null
            : null;

    private static IOperation? HeldAround(IOperation operation, OperationAnalysisContext context, LockRegions regions) =>
        (regions.HeldAround(operation) ?? (RunAtOnce.By(operation.Function()) is { } outer ? regions.HeldAround(outer) : null)) is { } held
        && LockFacts.WhyExcludesNobody(held, context.ContainingSymbol) is null
            ? held
            : null;

    // A clock that tests can set takes no locks.
    private static bool IsClock(IMethodSymbol invoke) => invoke is { Parameters.Length: 0, ReturnType.Name: nameof(DateTime) or nameof(DateTimeOffset) or nameof(TimeSpan) };

    private static string Verb(IOperation called) => called is IEventReferenceOperation ? "raises" : "calls";

    // Changed?.Invoke(this) is underlined from its name on.
    private static Location LocationOf(IInvocationOperation call) =>
        call.Syntax is InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax invoke, Parent: ConditionalAccessExpressionSyntax access }
            ? Location.Create(access.SyntaxTree, TextSpan.FromBounds(access.SpanStart, invoke.Span.End))
            : call.Head();

    private static void Report(OperationAnalysisContext context, Location location, string what, IOperation held, string consequence) =>
        context.ReportDiagnostic(Diagnostic.Create(
            Rule, location, context.Operation.FunctionName(context.ContainingSymbol), what, Names.Of(held.Syntax), consequence));
}
