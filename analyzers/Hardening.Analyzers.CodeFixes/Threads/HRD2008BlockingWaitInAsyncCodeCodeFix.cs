using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>Awaits the async twin of a wait, in functions that are async already.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2008BlockingWaitInAsyncCodeCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2008BlockingWaitInAsyncCodeAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>(call => call.Expression.Span.Contains(reported.Span)) is not { } wait
            || model.GetOperation(wait, cancellationToken) is not IInvocationOperation call
            || Twin(wait, call) is not { } twin
            || !Awaits.IsAsync(Awaits.FunctionAround(wait)) && !Awaits.IsTopLevel(wait)
            || !Awaits.IsAllowedAt(wait, model))
        {
            yield break;
        }

        var root = model.SyntaxTree.GetRoot(cancellationToken);
        var edited = root.ReplaceNode(wait, Awaits.Await(wait.WithExpression(twin), wait));
        if (Awaits.StillCompiles(model, edited, cancellationToken))
        {
            yield return new Edit($"Await '{twin.ToString().Split('.').Last()}'", HRD2008BlockingWaitInAsyncCodeAnalyzer.Id, edited);
        }
    }

    private static ExpressionSyntax? Twin(InvocationExpressionSyntax wait, IInvocationOperation call) => (call.TargetMethod.Name, wait.Expression) switch
    {
        _ when !ThreadWait.HasAsyncTwin(call) => null,
        ("Sleep", _) => SyntaxFactory.ParseExpression("global::System.Threading.Tasks.Task.Delay").WithAdditionalAnnotations(Simplifier.Annotation),
        ("Wait", MemberAccessExpressionSyntax access) => access.WithName(SyntaxFactory.IdentifierName("WaitAsync")),
        // A limit in milliseconds gives whether it has exited; the twin throws.
        ("WaitForExit", MemberAccessExpressionSyntax access) when call.Arguments.IsEmpty => access.WithName(SyntaxFactory.IdentifierName("WaitForExitAsync")),
        _ => null,
    };
}
