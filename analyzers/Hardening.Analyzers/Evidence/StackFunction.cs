using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Evidence;

/// <summary>A method, accessor, constructor, lambda or local function, without the functions in it.</summary>
/// <param name="name">What it is called on stacks.</param>
/// <param name="parts">Its declaration; a constructor has the initializers of its type too.</param>
/// <param name="explicitly">The interface that it is an explicit member of.</param>
internal sealed class StackFunction(string name, IReadOnlyList<SyntaxNode> parts, string? explicitly)
{
    public string Name => name;

    /// <summary>The line on which its code begins, from 1, as symbols have it: that of the brace, or of the expression.</summary>
    public int FirstLine { get; } = parts.Min(part => LineOf(CodeOf(part)));

    public IEnumerable<SyntaxNode> Nodes => parts.SelectMany(part => Own(CodeOf(part)));

    /// <summary>Whether a name of a stack is that of this explicit member: <c>Type.Interface.Method</c>, with the namespace of the interface.</summary>
    public bool IsExplicit(string stackName)
    {
        if (explicitly is null)
        {
            return false;
        }

        // Type.get_Name, or Type.Method.lambda: what comes after the type.
        var member = parts[0].AncestorsAndSelf().OfType<TypeDeclarationSyntax>().FirstOrDefault()?.Identifier.ValueText + ".";
        var at = name.IndexOf(member, StringComparison.Ordinal) + member.Length;
        return at >= member.Length
            && stackName.StartsWith(name.Substring(0, at), StringComparison.Ordinal)
            && stackName.EndsWith($"{explicitly}.{name.Substring(at)}", StringComparison.Ordinal);
    }

    public bool Has(int line) => parts.Select(CodeOf).Any(part => LineOf(part) <= line && EndLineOf(part) >= line);

    public static int LineOf(SyntaxNode node) => node.SyntaxTree.GetLineSpan(node.Span).StartLinePosition.Line + 1;

    private static int EndLineOf(SyntaxNode node) => node.SyntaxTree.GetLineSpan(node.Span).EndLinePosition.Line + 1;

    private static SyntaxNode CodeOf(SyntaxNode part) => part switch
    {
        ConstructorDeclarationSyntax constructor => constructor,
        BaseMethodDeclarationSyntax method => method.Body ?? (SyntaxNode?)method.ExpressionBody?.Expression ?? method,
        AccessorDeclarationSyntax accessor => accessor.Body ?? (SyntaxNode?)accessor.ExpressionBody?.Expression ?? accessor,
        LocalFunctionStatementSyntax local => local.Body ?? (SyntaxNode?)local.ExpressionBody?.Expression ?? local,
        AnonymousFunctionExpressionSyntax lambda => lambda.Body,
        ArrowExpressionClauseSyntax arrow => arrow.Expression,
        _ => part,
    };

    private static IEnumerable<SyntaxNode> Own(SyntaxNode code) =>
        code.DescendantNodesAndSelf(node => node == code || node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax));
}
