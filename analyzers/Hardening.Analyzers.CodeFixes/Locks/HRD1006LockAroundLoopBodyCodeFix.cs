using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Locks;

/// <summary>
/// Lets each thread add up, or collect, on its own, and takes the lock once for each thread: the overload with localInit and localFinally.
/// Only where the lock guards a sum or a list and nothing else, and what is added can be worked out without it.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1006LockAroundLoopBodyCodeFix : OneByOneCodeFix
{
    private const string Title = "Accumulate per thread, and merge under the lock";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1006LockAroundLoopBodyAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<LockStatementSyntax>() is not { } locking
            || reported.SpanStart != locking.SpanStart
            || locking.Parent is not BlockSyntax { Statements.Count: 1, Parent: LambdaExpressionSyntax { Parent: ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } list } body } lambda } block
            || list.Arguments.Last() != body
            || list.Arguments.Any(argument => argument.NameColon is not null)
            || model.GetOperation(call, cancellationToken) is not IInvocationOperation { TargetMethod: { Name: "For" or "ForEach", ContainingType.Name: "Parallel" } }
            || ParametersOf(lambda) is not { Count: >= 1 } parameters
            || (locking.Statement is BlockSyntax { Statements: { Count: 1 } statements } ? statements[0] : locking.Statement) is not ExpressionStatementSyntax statement
            || Accumulation.Of(statement.Expression, lambda, model, call) is not { } accumulation)
        {
            yield break;
        }

        if (parameters.Count == 1)
        {
            parameters.Add("_");
        }

        parameters.Add(accumulation.Name);
        var merge = SyntaxFactory.SimpleLambdaExpression(
                SyntaxFactory.Parameter(SyntaxFactory.Identifier(accumulation.Name)).WithTrailingTrivia(SyntaxFactory.Space),
                block.ReplaceNode(statement.Expression, accumulation.Merge.WithTriviaFrom(statement.Expression)))
            .WithArrowToken(lambda.ArrowToken);
        var arguments = list.Arguments
            .Replace(body, SyntaxFactory.Argument(SyntaxFactory.ParseExpression($"() => {accumulation.Start}")).WithLeadingTrivia(body.GetLeadingTrivia()))
            .Add(SyntaxFactory.Argument(SyntaxFactory.ParseExpression($"({string.Join(", ", parameters)}) => {accumulation.Step}")).WithLeadingTrivia(SyntaxFactory.Space))
            .Add(SyntaxFactory.Argument(merge).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(body.GetTrailingTrivia()));
        var root = model.SyntaxTree.GetRoot(cancellationToken);
        yield return new Edit(Title, HRD1006LockAroundLoopBodyAnalyzer.Id, root.ReplaceNode(list, list.WithArguments(arguments)));
    }

    // Parameters with a type would need one for each.
    private static List<string>? ParametersOf(LambdaExpressionSyntax lambda) => lambda switch
    {
        { AsyncKeyword.RawKind: not 0 } or { Modifiers.Count: > 0 } => null,
        SimpleLambdaExpressionSyntax { Parameter: var parameter } => [parameter.Identifier.ValueText],
        ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: var list } when list.All(parameter => parameter.Type is null) =>
            [.. list.Select(parameter => parameter.Identifier.ValueText)],
        _ => null,
    };
}
