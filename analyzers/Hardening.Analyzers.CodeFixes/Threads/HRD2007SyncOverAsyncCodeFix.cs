using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Threads;

/// <summary>Awaits the task. A function that is not async becomes it, where it is private and all of its callers can await it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2007SyncOverAsyncCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2007SyncOverAsyncAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var chain = new AsyncChain(model, cancellationToken);
        if (Blocking(reported) is not { } blocking
            || Awaited(blocking, model, cancellationToken) is not { } task
            || !chain.TryAwait(blocking))
        {
            yield break;
        }

        var root = chain.Apply(blocking, changed => Awaits.Await(task(changed), blocking));
        if (Awaits.StillCompiles(model, root, cancellationToken))
        {
            var names = string.Join(", ", chain.Functions.OrderBy(function => function.SpanStart).Select(function => $"'{AsyncChain.NameOf(function)}'"));
            yield return new Edit(names.Length == 0 ? "Await the task" : $"Await the task and make {names} async", HRD2007SyncOverAsyncAnalyzer.Id, root);
        }
    }

    // task.Result, or the call of task.Wait
    private static ExpressionSyntax? Blocking(SyntaxNode reported) =>
        (reported is SimpleNameSyntax ? reported.Parent : reported) is MemberAccessExpressionSyntax access
            ? access.Parent is InvocationExpressionSyntax call && call.Expression == access ? call : access
            : null;

    /// <summary>From the blocking expression to what is awaited; null where the two do not mean the same.</summary>
    private static Func<SyntaxNode, ExpressionSyntax>? Awaited(ExpressionSyntax blocking, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (model.GetOperation(blocking, cancellationToken))
        {
            case IPropertyReferenceOperation:
                return changed => ((MemberAccessExpressionSyntax)changed).Expression;
            case IInvocationOperation { TargetMethod: { Name: "GetResult" } }:
                return changed => Receiver(Receiver(changed));
            case IInvocationOperation { TargetMethod: { Name: "Wait", Parameters.Length: 0 } }:
                return Receiver;
            case IInvocationOperation { TargetMethod: { Name: "Wait", Parameters: { Length: 1 } parameters, ContainingType: var type } }
                when parameters[0].Type.Name == nameof(CancellationToken) && !type.GetMembers("WaitAsync").IsEmpty:
                return changed => Renamed((InvocationExpressionSyntax)changed, "WaitAsync");
            case IInvocationOperation { TargetMethod: { Name: "WaitAll", Parameters.Length: 1 } } when blocking.Parent is ExpressionStatementSyntax:
                return changed => Renamed((InvocationExpressionSyntax)changed, "WhenAll");
            case IInvocationOperation { TargetMethod: { Name: "WaitAny", Parameters.Length: 1 } } when blocking.Parent is ExpressionStatementSyntax:
                return changed => Renamed((InvocationExpressionSyntax)changed, "WhenAny");
            default:
                return null;
        }
    }

    private static ExpressionSyntax Receiver(SyntaxNode call) => ((MemberAccessExpressionSyntax)((InvocationExpressionSyntax)call).Expression).Expression;

    private static InvocationExpressionSyntax Renamed(InvocationExpressionSyntax call, string name) =>
        call.WithExpression(((MemberAccessExpressionSyntax)call.Expression).WithName(SyntaxFactory.IdentifierName(name)));
}
