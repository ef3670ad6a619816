using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Threads;

/// <summary>The function that a task runs for an element, as the body of <c>Parallel.ForEachAsync</c>.</summary>
internal static class TaskWork
{
    /// <summary>The text of the body; null where it would not mean the same.</summary>
    /// <param name="work">A lambda without parameters that it uses.</param>
    /// <param name="item">The name of the element.</param>
    /// <param name="model">Of the document.</param>
    public static string? AsBody(ExpressionSyntax work, string item, SemanticModel model)
    {
        if (work is not AnonymousFunctionExpressionSyntax function
            || model.GetOperation(function) is not IAnonymousFunctionOperation operation
            || UsesParameters(operation)
            || ParallelLoops.WaitsForOthers(operation))
        {
            return null;
        }

        var parameters = $"({item}, {TokenName(function.Body)})";
        var isAsync = !function.AsyncKeyword.IsKind(SyntaxKind.None);
        return function.Body switch
        {
            BlockSyntax block when Returns(block) => null,
            BlockSyntax block => isAsync ? $"async {parameters} => {block.WithoutTrivia()}" : $"{parameters} => {ParallelLoops.WithReturn(block)}",
            ExpressionSyntax expression when isAsync => $"async {parameters} => {expression.WithoutTrivia()}",
            ExpressionSyntax expression when IsTask(operation.Symbol.ReturnType) => $"async {parameters} => await {expression.WithoutTrivia()}",
            ExpressionSyntax expression when IsStatement(expression) => $"{parameters} => {{\n{expression.WithoutTrivia()};\n{ParallelLoops.Done}\n}}",
            _ => null,
        };
    }

    /// <summary>An expression that is a task, as the body that awaits it.</summary>
    public static string AsAwaitingBody(ExpressionSyntax task, string item) => $"async ({item}, {TokenName(task)}) => await {task.WithoutTrivia()}";

    /// <summary>The statement that is all of the loop's body.</summary>
    public static StatementSyntax? OnlyStatement(ForEachStatementSyntax loop) => loop.Statement switch
    {
        BlockSyntax { Statements: { Count: 1 } statements } => statements[0],
        BlockSyntax => null,
        var statement => statement,
    };

    private static bool UsesParameters(IAnonymousFunctionOperation work) =>
        work.Body.Descendants().Any(operation => operation is IParameterReferenceOperation { Parameter: var parameter } && work.Symbol.Parameters.Contains(parameter, SymbolEqualityComparer.Default));

    /// <summary>The name of the token that the body is given, and does not use: a discard in the body would be the parameter.</summary>
    public static string TokenName(SyntaxNode body) =>
        body.DescendantTokens().Any(token => token.IsKind(SyntaxKind.UnderscoreToken) || token.ValueText == "_") ? Free("cancellation", body) : "_";

    private static string Free(string name, SyntaxNode body)
    {
        var taken = new HashSet<string>(body.SyntaxTree.GetRoot().DescendantTokens().Select(token => token.ValueText));
        return taken.Contains(name) ? name + "2" : name;
    }

    public static bool Returns(BlockSyntax block) =>
        block.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(node => node is ReturnStatementSyntax);

    private static bool IsTask(ITypeSymbol type) => type.Name is "Task" or "ValueTask";

    private static bool IsStatement(ExpressionSyntax expression) =>
        expression is InvocationExpressionSyntax or AssignmentExpressionSyntax or ObjectCreationExpressionSyntax or PostfixUnaryExpressionSyntax or ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax };
}
