using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Threads;

/// <summary>Three statements in a row: an empty list of tasks; a loop that adds a task per element; an await of them all. Nothing else uses the list.</summary>
internal sealed class TaskList
{
    private TaskList(LocalDeclarationStatementSyntax declaration, StatementSyntax join) => (Declaration, Join) = (declaration, join);

    public LocalDeclarationStatementSyntax Declaration { get; }

    public StatementSyntax Join { get; }

    /// <param name="loop">What adds the tasks.</param>
    /// <param name="only">Its only statement.</param>
    /// <param name="task">What is added.</param>
    /// <param name="model">Of the document.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    public static TaskList? Around(ForEachStatementSyntax loop, ExpressionStatementSyntax only, ExpressionSyntax task, SemanticModel model, CancellationToken cancellationToken)
    {
        if (loop.Parent is not BlockSyntax outer
            || only.Expression is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: IdentifierNameSyntax list }, ArgumentList.Arguments: { Count: 1 } added }
            || added[0].Expression != task
            || model.GetSymbolInfo(list, cancellationToken).Symbol is not ILocalSymbol { Type: INamedTypeSymbol { MetadataName: "List`1", TypeArguments: { Length: 1 } elements } } tasks
            || elements[0].MetadataName != "Task")
        {
            return null;
        }

        var place = outer.Statements.IndexOf(loop);
        return place > 0 && place < outer.Statements.Count - 1
            && outer.Statements[place - 1] is LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } declaration
            && SymbolEqualityComparer.Default.Equals(model.GetDeclaredSymbol(variables[0], cancellationToken), tasks)
            && IsEmpty(variables[0].Initializer?.Value, model)
            && outer.Statements[place + 1] is ExpressionStatementSyntax { Expression: AwaitExpressionSyntax { Expression: var awaited } } join
            && IsWhenAll(awaited, tasks, model)
            && model.GetOperation(loop, cancellationToken) is { } operation
            && References.Of(tasks, operation).Count() == 2
            ? new TaskList(declaration, join)
            : null;
    }

    /// <summary>The parallel loop takes the place of all three statements.</summary>
    public SyntaxNode ReplaceBy(StatementSyntax parallel, ForEachStatementSyntax loop, SyntaxNode work)
    {
        var outer = (BlockSyntax)loop.Parent!;
        var replaced = TextSpan.FromBounds(Declaration.Span.End, Join.Span.End);
        var statements = outer.Statements
            .Replace(Join, parallel.WithLeadingTrivia(Declaration.GetLeadingTrivia().AddRange(Comments(outer, replaced, work))).WithTrailingTrivia(Join.GetTrailingTrivia()))
            .RemoveAt(outer.Statements.IndexOf(loop))
            .RemoveAt(outer.Statements.IndexOf(Declaration));
        return outer.SyntaxTree.GetRoot().ReplaceNode(outer, outer.WithStatements(statements));
    }

    /// <summary>What stands in that which goes, but not in the work, moves above what comes.</summary>
    public static IEnumerable<SyntaxTrivia> Comments(SyntaxNode node, TextSpan replaced, SyntaxNode work) =>
        node.DescendantTrivia(replaced)
            .Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
            .Where(trivia => replaced.Contains(trivia.Span) && !work.Span.Contains(trivia.Span))
            .SelectMany(comment => new[] { comment, SyntaxFactory.EndOfLine("\n") });

    private static bool IsEmpty(ExpressionSyntax? value, SemanticModel model) => value switch
    {
        BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList: null or { Arguments.Count: 0 } } => true,
        BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList.Arguments: var given } => model.GetTypeInfo(given[0].Expression).Type?.SpecialType == SpecialType.System_Int32,
        CollectionExpressionSyntax { Elements.Count: 0 } => true,
        _ => false,
    };

    // await Task.WhenAll(tasks), with or without ConfigureAwait
    private static bool IsWhenAll(ExpressionSyntax awaited, ILocalSymbol tasks, SemanticModel model)
    {
        var operation = model.GetOperation(awaited);
        while (operation is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } inner })
        {
            operation = inner;
        }

        return operation is IInvocationOperation { TargetMethod: { Name: "WhenAll", ContainingType.Name: "Task" }, Arguments: { Length: 1 } arguments }
            && arguments[0].Value.Unwrap() is ILocalReferenceOperation { Local: var local } && SymbolEqualityComparer.Default.Equals(local, tasks);
    }
}
