using System.Runtime.CompilerServices;

namespace Hardening.Analyzers.Facts;

/// <summary>Every place in a body where a local or a parameter is named; read once per body, shared between rules.</summary>
internal static class References
{
    private static readonly ConditionalWeakTable<IOperation, ILookup<ISymbol, IOperation>> Bodies = new();

    public static IEnumerable<IOperation> Of(ISymbol localOrParameter, IOperation anywhereInBody) =>
        Bodies.GetValue(anywhereInBody.Root(), Read)[localOrParameter];

    public static IOperation Root(this IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    /// <summary>The lambda or local function that the operation is part of; the body's root where there is none.</summary>
    public static IOperation Function(this IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                break;
            }
        }

        return operation;
    }

    /// <summary>Conversions that keep the object (reference, boxing, nullable) and parentheses are not looked at.</summary>
    public static IOperation Unwrap(this IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                default:
                    return operation;
            }
        }
    }

    private static ILookup<ISymbol, IOperation> Read(IOperation root) =>
        root.DescendantsAndSelf()
            .Select(operation => (Symbol: Named(operation), Operation: operation))
            .Where(reference => reference.Symbol is not null)
            .ToLookup(reference => reference.Symbol!, reference => reference.Operation, SymbolEqualityComparer.Default);

    private static ISymbol? Named(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };
}
