using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Facts;

/// <summary>The part of an expression to underline: arguments may hold a lambda of a hundred lines, and a call may end a chain of many.</summary>
internal static class Heads
{
    public static Location Head(this IOperation operation) => operation.Syntax switch
    {
        ObjectCreationExpressionSyntax creation => Location.Create(creation.SyntaxTree, TextSpan.FromBounds(creation.SpanStart, creation.Type.Span.End)),
        ImplicitObjectCreationExpressionSyntax creation => creation.NewKeyword.GetLocation(),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } when IsOfSeveralLines(access) => access.Name.GetLocation(),
        InvocationExpressionSyntax call => call.Expression.GetLocation(),
        LockStatementSyntax statement => Location.Create(statement.SyntaxTree, TextSpan.FromBounds(statement.SpanStart, statement.CloseParenToken.Span.End)),
        UsingStatementSyntax statement => Location.Create(statement.SyntaxTree, TextSpan.FromBounds(statement.SpanStart, statement.CloseParenToken.Span.End)),
        var other => other.GetLocation(),
    };

    private static bool IsOfSeveralLines(SyntaxNode node)
    {
        var lines = node.SyntaxTree.GetLineSpan(node.Span);
        return lines.StartLinePosition.Line != lines.EndLinePosition.Line;
    }
}
