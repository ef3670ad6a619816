using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Analyzers.Facts;

/// <summary>The elements of a list, where the code writes them down.</summary>
internal static class Sequences
{
    /// <summary>Of <c>new[] { … }</c>, <c>new List { … }</c> and <c>[…]</c>; null for anything else.</summary>
    public static IEnumerable<IOperation>? Elements(IOperation list) => list.Unwrap() switch
    {
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        IObjectCreationOperation { Arguments.IsEmpty: true, Initializer: var initializer } => Added(initializer),
        // Roslyn 4.8 has no operation of its own for it.
        { } other when other.Syntax.IsKind(SyntaxKind.CollectionExpression) && other is not IInvocationOperation => other.ChildOperations,
        _ => null,
    };

    /// <summary>What <c>..</c> spreads.</summary>
    public static IOperation? Spread(IOperation element) =>
        element.Syntax.IsKind(SyntaxKind.SpreadElement) ? element.ChildOperations.FirstOrDefault() : null;

    /// <summary>Everything that the method puts into the list; null where other code may fill it too.</summary>
    public static IEnumerable<IOperation>? Filled(ILocalSymbol list, IOperation use)
    {
        if (Initializers.Of(list, use) is not { } initial || Elements(initial) is not { } elements)
        {
            return null;
        }

        return elements.Concat(References.Of(list, use)
            .Select(reference => reference.Parent)
            .OfType<IInvocationOperation>()
            .Where(call => call.TargetMethod.Name is "Add" or "Insert" && call.Arguments.Length > 0)
            .Select(call => call.Arguments[call.Arguments.Length - 1].Value));
    }

    /// <summary>What the query reads: its instance, or the first argument of an extension.</summary>
    public static IOperation? Source(IInvocationOperation query) =>
        query.TargetMethod.Name is "Select" or "Where" or "ToArray" or "ToList" or "OrderBy" or "Distinct" or "Reverse" or "Skip" or "Take" or "AsEnumerable"
            ? query.Instance ?? (query.Arguments.Length > 0 ? query.Arguments[0].Value : null)
            : null;

    public static ITypeSymbol? ElementType(ITypeSymbol? list) => list switch
    {
        IArrayTypeSymbol { ElementType: var element } => element,
        INamedTypeSymbol { TypeArguments: { Length: 1 } arguments } => arguments[0],
        _ => null,
    };

    private static IEnumerable<IOperation> Added(IObjectOrCollectionInitializerOperation? initializer) =>
        initializer?.Initializers.OfType<IInvocationOperation>().Where(call => call.Arguments.Length > 0).Select(call => call.Arguments[call.Arguments.Length - 1].Value) ?? [];
}
