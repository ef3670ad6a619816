namespace Hardening.Analyzers.Facts;

/// <summary>The function that an operation is part of.</summary>
internal static class Functions
{
    /// <summary>Null in the initializer of a field or property.</summary>
    public static IMethodSymbol? Of(IOperation operation, ISymbol containing) => operation.Function() switch
    {
        IAnonymousFunctionOperation { Symbol: var lambda } => lambda,
        ILocalFunctionOperation { Symbol: var local } => local,
        _ => containing as IMethodSymbol,
    };

    /// <summary>A lambda or a method group, with the delegate that is made of it.</summary>
    public static IOperation AsDelegate(IOperation function)
    {
        while (function.Parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            function = function.Parent;
        }

        return function;
    }

    /// <summary>Main, or the top-level statements: what the process begins with.</summary>
    public static bool IsProgram(IMethodSymbol? function) =>
        function is { IsStatic: true, Name: "Main" or "<Main>$", MethodKind: MethodKind.Ordinary, Parameters: { Length: <= 1 } parameters }
        && (parameters.IsEmpty || parameters[0].Type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_String });

    /// <summary>With a result or without.</summary>
    public static bool IsTask(ITypeSymbol? type) => type is { Name: "Task" or "ValueTask", ContainingNamespace: { Name: "Tasks", ContainingNamespace.Name: "Threading" } };
}
