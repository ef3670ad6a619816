namespace Hardening.Analyzers.Facts;

/// <summary>Where variables are declared: code that declares one has a new one each time it runs.</summary>
internal static class Declarations
{
    public static bool IsDeclaredIn(this ISymbol variable, SyntaxNode code) =>
        variable.DeclaringSyntaxReferences.Any(declaration => declaration.SyntaxTree == code.SyntaxTree && code.Span.Contains(declaration.Span));
}
