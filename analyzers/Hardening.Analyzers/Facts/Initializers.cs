using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>The value that a variable begins with.</summary>
internal static class Initializers
{
    public static IOperation? Of(ILocalSymbol local, IOperation use) =>
        use.Root().Descendants().OfType<IVariableDeclaratorOperation>()
            .FirstOrDefault(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, local))?.GetVariableInitializer()?.Value;

    /// <summary>That of its declaration, or of the only constructor that sets it. Null where that is in another document, which is not this one's to read.</summary>
    public static IOperation? Of(IFieldSymbol field, IOperation use)
    {
        if (use.SemanticModel is not { } model
            || field.DeclaringSyntaxReferences.FirstOrDefault(reference => reference.SyntaxTree == model.SyntaxTree)?.GetSyntax() is not VariableDeclaratorSyntax declarator)
        {
            return null;
        }

        return (declarator.Initializer?.Value ?? (field.IsReadOnly ? InConstructor(declarator) : null)) is { } value ? model.GetOperation(value) : null;
    }

    private static ExpressionSyntax? InConstructor(VariableDeclaratorSyntax field)
    {
        var values = field.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.Members.OfType<ConstructorDeclarationSyntax>()
            .SelectMany(constructor => constructor.DescendantNodes().OfType<AssignmentExpressionSyntax>())
            .Where(assignment => NameOf(assignment.Left) == field.Identifier.ValueText)
            .Take(2).ToList();
        return values.Count == 1 ? values[0].Right : null;
    }

    private static string? NameOf(ExpressionSyntax assigned) => assigned switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: var name } => name.Identifier.ValueText,
        _ => null,
    };
}
