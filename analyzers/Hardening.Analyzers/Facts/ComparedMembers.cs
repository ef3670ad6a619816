using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Which numbers of a type are held against another one: such a number may be a limit. Asked only about a member that is in question.</summary>
internal static class ComparedMembers
{
    /// <summary>Somewhere in this compilation it is compared, or put into a variable that may be.</summary>
    public static bool Has(ISymbol member, Compilation compilation, CallGraph graph) =>
        Trees(member, compilation).Any(tree => Mentions.Of(member.Name, tree).Any(name => IsCompared(name) && Is(graph.ModelOf(tree).GetSymbolInfo(name).Symbol, member)));

    private static IEnumerable<SyntaxTree> Trees(ISymbol member, Compilation compilation) =>
        member.DeclaredAccessibility == Accessibility.Private
            ? member.ContainingType.DeclaringSyntaxReferences.Select(part => part.SyntaxTree).Distinct()
            : compilation.SyntaxTrees;

    private static bool Is(ISymbol? named, ISymbol member) =>
        SymbolEqualityComparer.Default.Equals(named?.OriginalDefinition, member.OriginalDefinition)
        || named?.ContainingType is { TypeKind: TypeKind.Interface } contract && member.ContainingType.AllInterfaces.Any(each => SymbolEqualityComparer.Default.Equals(each.OriginalDefinition, contract.OriginalDefinition));

    private static bool IsCompared(SyntaxNode name)
    {
        for (var (part, outer) = (name, name.Parent); outer is not (null or StatementSyntax or AnonymousFunctionExpressionSyntax or ArrowExpressionClauseSyntax); (part, outer) = (outer, outer.Parent))
        {
            switch (outer)
            {
                case BinaryExpressionSyntax
                {
                    RawKind: (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.LessThanOrEqualExpression or (int)SyntaxKind.GreaterThanExpression
                        or (int)SyntaxKind.GreaterThanOrEqualExpression or (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression,
                } comparison:
                    return (comparison.Left == part ? comparison.Right : comparison.Left) is not LiteralExpressionSyntax { Token.ValueText: "0" };
                case IsPatternExpressionSyntax { Pattern: not ConstantPatternSyntax } or SwitchExpressionSyntax or EqualsValueClauseSyntax:
                case AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: not "_" } } assignment when assignment.Right == part && assignment.Parent is ExpressionStatementSyntax:
                    return true;
            }
        }

        return false;
    }
}
