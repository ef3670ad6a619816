namespace Hardening.Analyzers.Facts;

/// <summary>How messages name code.</summary>
internal static class Names
{
    /// <summary>The member as its author calls it: the property of an accessor, the type of a constructor.</summary>
    public static string Of(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.AnonymousFunction, ContainingSymbol: { } outer } => Of(outer),
        IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor or MethodKind.Destructor } method => method.ContainingType.Name,
        IMethodSymbol { AssociatedSymbol: { } owner } => owner.Name,
        IMethodSymbol { Name: "<Main>$" } => "Main",
        _ => member.Name,
    };

    /// <summary>An expression on one line, cut where it would drown the message.</summary>
    public static string Of(SyntaxNode expression)
    {
        var text = string.Join(" ", expression.ToString().Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 40 ? text : text.Substring(0, 39) + "…";
    }
}
