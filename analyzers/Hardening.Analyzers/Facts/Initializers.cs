using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>The value that a variable begins with.</summary>
internal static class Initializers
{
    public static IOperation? Of(ILocalSymbol local, IOperation use) =>
        use.Root().Descendants().OfType<IVariableDeclaratorOperation>()
            .FirstOrDefault(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, local))?.GetVariableInitializer()?.Value;

    /// <summary>Null where the field is declared in another document, which is not this one's to read.</summary>
    public static IOperation? Of(IFieldSymbol field, IOperation use) =>
        use.SemanticModel is { } model
        && field.DeclaringSyntaxReferences.FirstOrDefault(reference => reference.SyntaxTree == model.SyntaxTree)?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: var value }
            ? model.GetOperation(value)
            : null;
}
