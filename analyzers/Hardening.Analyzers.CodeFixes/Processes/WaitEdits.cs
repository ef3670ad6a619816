using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Edits of a wait for a child that several fixes make.</summary>
internal static class WaitEdits
{
    /// <summary>The Process as an expression that can be written once more; null where it cannot.</summary>
    public static ExpressionSyntax? Process(IInvocationOperation wait)
    {
        var process = ChildHistory.Named((wait.Instance ?? wait.Arguments.FirstOrDefault()?.Value)!.Unwrap());
        return process is ILocalReferenceOperation or IParameterReferenceOperation
            || process is IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } and not IMethodReferenceOperation
                ? ((ExpressionSyntax)process.Syntax).WithoutTrivia()
                : null;
    }

    /// <summary><c>Kill</c> with the descendants, where the framework has it.</summary>
    public static string Kill(string process, SemanticModel model) =>
        model.Compilation.GetTypeByMetadataName("System.Diagnostics.Process")?.GetMembers("Kill").OfType<IMethodSymbol>().Any(kill => kill.Parameters.Length == 1) == true
            ? $"{process}.Kill(entireProcessTree: true);"
            : $"{process}.Kill();";

    /// <summary>The type by its name alone where its namespace is imported.</summary>
    public static string Name(string metadataName, SyntaxNode at, SemanticModel model) =>
        model.Compilation.GetTypeByMetadataName(metadataName)?.ToMinimalDisplayString(model, at.SpanStart) ?? metadataName;

    /// <summary>The statement that a fix may put a block around: no embedded one, no declaration that later code needs.</summary>
    public static StatementSyntax? Statement(SyntaxNode wait)
    {
        var statement = wait.FirstAncestorOrSelf<StatementSyntax>();
        return statement is ExpressionStatementSyntax or ReturnStatementSyntax { Expression: not null }
            && statement.Parent is BlockSyntax or GlobalStatementSyntax
            && !wait.Ancestors().TakeWhile(node => node != statement).Any(node => node is AnonymousFunctionExpressionSyntax)
                ? statement
                : null;
    }

    /// <summary><c>if (!p.WaitForExit(limit)) { … }</c> in the place of <c>p.WaitForExit(…);</c>; null where it is more than a statement.</summary>
    public static StatementSyntax? IfNotEnded(IInvocationOperation wait, string arguments, IEnumerable<string> then, SyntaxNode root)
    {
        if (Statement(wait.Syntax) is not ExpressionStatementSyntax statement || wait.Syntax is not InvocationExpressionSyntax call)
        {
            return null;
        }

        var expression = statement.Expression is AssignmentExpressionSyntax { Right: var right } ? right : statement.Expression;
        var isConditional = expression is ConditionalAccessExpressionSyntax access && access.WhenNotNull == call;
        if (expression != call && !isConditional)
        {
            return null;
        }

        var asked = expression.ReplaceNode(call.ArgumentList, SyntaxFactory.ParseArgumentList(arguments).WithTriviaFrom(call.ArgumentList)).WithoutTrivia();
        return Statement($"if ({(isConditional ? $"{asked} == false" : $"!{asked}")}){Block(then, root)}", statement);
    }

    /// <summary>The statement in a try, and what a catch does before it goes on with the exception.</summary>
    public static StatementSyntax InTry(StatementSyntax statement, string caught, IEnumerable<string> then, SyntaxNode root)
    {
        var lineEnd = LineEnd(root);
        var tried = (TryStatementSyntax)Statement($"try{lineEnd}{{{lineEnd}x();{lineEnd}}}{lineEnd}catch{caught}{Block(then, root)}", statement);
        return tried.ReplaceNode(tried.Block.Statements[0], statement.WithoutLeadingTrivia().WithTrailingTrivia(SyntaxFactory.EndOfLine(lineEnd)));
    }

    private static string Block(IEnumerable<string> statements, SyntaxNode root) =>
        LineEnd(root) is var lineEnd ? $"{lineEnd}{{{lineEnd}{string.Concat(statements.Select(each => each + lineEnd))}}}" : "";

    private static StatementSyntax Statement(string text, StatementSyntax like) =>
        SyntaxFactory.ParseStatement(text, options: like.SyntaxTree.Options).WithAdditionalAnnotations(Formatter.Annotation);

    private static string LineEnd(SyntaxNode root) => Scopes.LineEnd(root).ToString();
}
