using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Every place in one document where a member is named: read for a member that is in question, never for all.</summary>
internal static class MemberUses
{
    public static IEnumerable<IOperation> Of(ISymbol member, SemanticModel model)
    {
        foreach (var name in Mentions.Of(member.Name, model.SyntaxTree))
        {
            if ((Reference(model.GetOperation(name), member) ?? Reference(name.Parent is { } parent ? model.GetOperation(parent) : null, member)) is { } reference)
            {
                yield return reference;
            }
        }
    }

    /// <summary>No other document can name the member: it is private, and its type is declared here alone.</summary>
    public static bool AreAllIn(SyntaxTree tree, ISymbol member) =>
        member.DeclaredAccessibility == Accessibility.Private
        && member.ContainingType is { } type
        && type.DeclaringSyntaxReferences.All(part => part.SyntaxTree == tree);

    /// <summary>The same in all documents that declare a part of its type; first in the one that declares the member.</summary>
    public static IEnumerable<IOperation> InAllParts(ISymbol member, CallGraph graph) =>
        member.DeclaringSyntaxReferences.Concat(member.ContainingType.DeclaringSyntaxReferences).Select(part => part.SyntaxTree).Distinct()
            .SelectMany(tree => Of(member, graph.ModelOf(tree)));

    /// <summary>The value that the use gives to the member, if it gives one.</summary>
    public static IOperation? WrittenBy(IOperation use) => use.Parent switch
    {
        IAssignmentOperation assignment when assignment.Target == use => assignment.Value,
        IEventAssignmentOperation { Adds: true } added when added.EventReference == use => added.HandlerValue,
        _ => null,
    };

    /// <summary>The value that the member is declared with, where that is in this document.</summary>
    public static IOperation? Initial(ISymbol member, SemanticModel model) =>
        member.DeclaringSyntaxReferences.FirstOrDefault(reference => reference.SyntaxTree == model.SyntaxTree)?.GetSyntax() switch
        {
            VariableDeclaratorSyntax { Initializer.Value: { } value } => model.GetOperation(Unsuppressed(value)),
            PropertyDeclarationSyntax { Initializer.Value: { } value } => model.GetOperation(Unsuppressed(value)),
            _ => null,
        };

    // value! is no operation of its own.
    private static ExpressionSyntax Unsuppressed(ExpressionSyntax value)
    {
        while (value is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression, Operand: var operand })
        {
            value = operand;
        }

        return value;
    }

    private static IOperation? Reference(IOperation? operation, ISymbol member) =>
        operation is IMemberReferenceOperation { Member: var named } && SymbolEqualityComparer.Default.Equals(named.OriginalDefinition, member.OriginalDefinition) ? operation : null;
}
