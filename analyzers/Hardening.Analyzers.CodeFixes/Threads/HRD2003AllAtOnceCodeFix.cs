using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>Awaits one call per element in a parallel loop with a limit; results go into an array, each to the place of its element.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2003AllAtOnceCodeFix : OneByOneCodeFix
{
    private const string Title = "Use Parallel.ForEachAsync, eight at once";

    // A number that is on nobody's way; the right one is known to the other side alone.
    private const string AtOnce = "8";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2003AllAtOnceAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call && Limited(call, model, cancellationToken) is { } root)
        {
            yield return new Edit(Title, HRD2003AllAtOnceAnalyzer.Id, root);
        }
    }

    /// <summary>The document with a parallel loop in the place of this <c>Task.WhenAll</c>, as many at once as it is told.</summary>
    internal static SyntaxNode? Limited(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken, string atOnce = AtOnce) =>
        call.ArgumentList.Arguments is { Count: 1 } arguments && StatementOf(call) is { } statement && ParallelLoops.IsAwaitable(statement, model)
            ? OfQuery(statement, arguments[0].Expression, atOnce, model, cancellationToken) ?? OfList(statement, arguments[0].Expression, atOnce, model, cancellationToken)
            : null;

    // await Task.WhenAll(…); or var results = await Task.WhenAll(…); both with or without ConfigureAwait
    private static StatementSyntax? StatementOf(InvocationExpressionSyntax call)
    {
        ExpressionSyntax value = call;
        if (value.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured })
        {
            value = configured;
        }

        return value.Parent is not AwaitExpressionSyntax awaited ? null : awaited.Parent switch
        {
            ExpressionStatementSyntax statement => statement,
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration } } } => declaration,
            _ => null,
        };
    }

    private static SyntaxNode? OfQuery(StatementSyntax statement, ExpressionSyntax tasks, string atOnce, SemanticModel model, CancellationToken cancellationToken)
    {
        if (tasks is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var items, Name.Identifier.ValueText: "Select" }, ArgumentList.Arguments: { Count: 1 } arguments }
            || arguments[0].Expression is not LambdaExpressionSyntax lambda
            || ParameterOf(lambda) is not { } item
            || !ParallelLoops.IsThere(model.GetTypeInfo(items, cancellationToken).Type)
            || HasComments(statement, lambda))
        {
            return null;
        }

        var root = statement.SyntaxTree.GetRoot(cancellationToken);
        if (statement is ExpressionStatementSyntax)
        {
            return Body(lambda, item) is { } body
                ? root.ReplaceNode(statement, Parse(ParallelLoops.ForEachAsync(items, body, atOnce)).WithTriviaFrom(statement))
                : null;
        }

        return OfResults((LocalDeclarationStatementSyntax)statement, items, lambda, item, atOnce, model) is { } statements ? Scopes.Replace(root, statement, statements) : null;
    }

    private static SyntaxNode? OfList(StatementSyntax statement, ExpressionSyntax tasks, string atOnce, SemanticModel model, CancellationToken cancellationToken)
    {
        if (statement is not ExpressionStatementSyntax { Parent: BlockSyntax outer }
            || tasks is not IdentifierNameSyntax
            || outer.Statements.IndexOf(statement) is not (> 1 and var place)
            || outer.Statements[place - 1] is not ForEachStatementSyntax loop
            || TaskWork.OnlyStatement(loop) is not ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } added } } only
            || TaskList.Around(loop, only, added[0].Expression, model, cancellationToken) is not { } list
            || list.Join != statement
            || ParallelLoops.ElementType(loop, model) is null
            || model.GetOperation(added[0].Expression, cancellationToken) is not IInvocationOperation)
        {
            return null;
        }

        var parallel = Parse(ParallelLoops.ForEachAsync(loop.Expression, TaskWork.AsAwaitingBody(added[0].Expression, loop.Identifier.Text), atOnce));
        return list.ReplaceBy(parallel, loop, added[0].Expression);
    }

    private static string? Body(LambdaExpressionSyntax lambda, string item) => (lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword), lambda.Body) switch
    {
        (false, ExpressionSyntax task) => TaskWork.AsAwaitingBody(task, item),
        (true, ExpressionSyntax awaited and AwaitExpressionSyntax) => $"async ({item}, {TaskWork.TokenName(awaited)}) => {awaited.WithoutTrivia()}",
        (true, BlockSyntax block) when !TaskWork.Returns(block) => $"async ({item}, {TaskWork.TokenName(block)}) => {block.WithoutTrivia()}",
        _ => null,
    };

    // var results = new T[items.Count]; await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), …, async (index, _) => results[index] = await …);
    private static IEnumerable<StatementSyntax>? OfResults(LocalDeclarationStatementSyntax declaration, ExpressionSyntax items, LambdaExpressionSyntax lambda, string item, string atOnce, SemanticModel model)
    {
        var results = declaration.Declaration.Variables[0].Identifier.Text;
        if (items is not IdentifierNameSyntax
            || lambda.Body is not ExpressionSyntax value
            || model.GetDeclaredSymbol(declaration.Declaration.Variables[0]) is not ILocalSymbol { Type: IArrayTypeSymbol { Rank: 1, ElementType: not IArrayTypeSymbol and var element } }
            || CountOf(model.GetTypeInfo(items).Type) is not { } count)
        {
            return null;
        }

        var index = Scopes.Free("index", declaration, model, [results, item]);
        var awaited = lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword) ? value.WithoutTrivia().ToString() : $"await {value.WithoutTrivia()}";
        var all = $"{items}.{count}";
        var body = $"async ({index}, {TaskWork.TokenName(value)}) => {{\nvar {item} = {items}[{index}];\n{results}[{index}] = {awaited};\n}}";
        return
        [
            SyntaxFactory.ParseStatement($"{declaration.Declaration.Type.WithoutTrivia()} {results} = new {element.ToMinimalDisplayString(model, declaration.SpanStart)}[{all}];"),
            Parse(ParallelLoops.ForEachAsync(SyntaxFactory.ParseExpression($"global::System.Linq.Enumerable.Range(0, {all})"), body, atOnce)),
        ];
    }

    // An array or a list: what has places.
    private static string? CountOf(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } => "Length",
        INamedTypeSymbol { Name: "List" or "IList" or "IReadOnlyList" or "ImmutableList" } => "Count",
        INamedTypeSymbol { Name: "ImmutableArray" } => "Length",
        _ => null,
    };

    private static string? ParameterOf(LambdaExpressionSyntax lambda) => lambda switch
    {
        SimpleLambdaExpressionSyntax simple => simple.Parameter.Identifier.Text,
        ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: { Count: 1 } parameters } => parameters[0].Identifier.Text,
        _ => null,
    };

    // Comments beside the lambda would have no place.
    private static bool HasComments(StatementSyntax statement, SyntaxNode lambda) =>
        statement.DescendantTrivia(statement.Span).Any(trivia =>
            statement.Span.Contains(trivia.Span) && !lambda.Span.Contains(trivia.Span)
            && (trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)));

    private static StatementSyntax Parse(string text) => SyntaxFactory.ParseStatement(text).WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);
}
