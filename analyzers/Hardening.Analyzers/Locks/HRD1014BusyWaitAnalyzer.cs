using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1014: a loop that only asks takes a core from the very thread that it waits for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1014BusyWaitAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1014";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Wait for a signal instead of polling",
        messageFormat: "'{0}' asks for '{1}' again and again, and takes the core from the thread that it waits for",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A loop that polls without a pause, or with one of a millisecond, uses processor time for nothing, and on a busy machine it delays the thread that would end it. An event, a semaphore, a task or a channel wakes the waiter when there is something to do.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            start.RegisterOperationAction(loop => AnalyzeLoop(loop, facts), OperationKind.Loop);
            if (start.Compilation.GetTypeByMetadataName("System.Threading.SpinWait") is { } spin)
            {
                start.RegisterOperationAction(call => AnalyzeCall(call, spin, facts), OperationKind.Invocation);
            }
        });
    }

    private static void AnalyzeLoop(OperationAnalysisContext context, CompilationFacts facts)
    {
        // Under a lock, the sleep is what is wrong.
        if (BusyWait.Of((ILoopOperation)context.Operation) is { Condition: { } asked } wait
            && !(wait.Sleeps && facts.Regions.HeldAround(context.Operation) is not null))
        {
            Report(context, Head(context.Operation.Syntax), asked.Syntax);
        }
    }

    private static void AnalyzeCall(OperationAnalysisContext context, INamedTypeSymbol spin, CompilationFacts facts)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod is { Name: "SpinUntil", Parameters.Length: 1 }
            && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, spin)
            && call.Arguments[0].Value.Unwrap() is IDelegateCreationOperation { Target: var target }
            && facts.Regions.HeldAround(call) is null
            && !(target is IAnonymousFunctionOperation lambda && HasLimit(lambda)))
        {
            Report(context, call.Head(), target.Syntax is LambdaExpressionSyntax { Body: var body } ? body : target.Syntax);
        }
    }

    private static bool HasLimit(IAnonymousFunctionOperation condition)
    {
        var state = new PolledState(condition);
        foreach (var operation in condition.Body.Descendants())
        {
            if (operation is IPropertyReferenceOperation or IInvocationOperation)
            {
                state.IsRead(operation, goesOnWhen: false);
            }
        }

        return state.HasLimit;
    }

    private static void Report(OperationAnalysisContext context, Location location, SyntaxNode asked) =>
        context.ReportDiagnostic(Diagnostic.Create(Rule, location, context.Operation.FunctionName(context.ContainingSymbol), Names.Of(asked)));

    private static Location Head(SyntaxNode loop) => loop switch
    {
        WhileStatementSyntax each => Between(each.WhileKeyword, each.CloseParenToken),
        DoStatementSyntax each => Between(each.WhileKeyword, each.CloseParenToken),
        ForStatementSyntax each => Between(each.ForKeyword, each.CloseParenToken),
        var other => other.GetFirstToken().GetLocation(),
    };

    private static Location Between(SyntaxToken first, SyntaxToken last) =>
        Location.Create(first.SyntaxTree!, TextSpan.FromBounds(first.SpanStart, last.Span.End));
}
