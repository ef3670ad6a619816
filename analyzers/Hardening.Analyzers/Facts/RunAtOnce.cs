namespace Hardening.Analyzers.Facts;

/// <summary>Lambdas that a collection runs for its elements before the call returns: <c>handlers.ForEach(handler => handler())</c>.</summary>
internal static class RunAtOnce
{
    /// <summary>The call that runs the lambda; null for any other function, which may run later or never.</summary>
    public static IInvocationOperation? By(IOperation function)
    {
        var value = function;
        while (value.Parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return function is IAnonymousFunctionOperation
            && value.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "ForEach" or "RemoveAll" or "RemoveWhere" or "TrueForAll" or "Exists" or "All" or "Any" } method } call }
            && method.ContainingType is { Name: "List" or "Array" or "ImmutableList" or "HashSet" or "SortedSet" or "LinkedList" or "Enumerable", ContainingNamespace: { } space }
            && space.ToDisplayString() is "System" or "System.Linq" or "System.Collections.Generic" or "System.Collections.Immutable"
                ? call
                : null;
    }

    /// <summary>The collection whose elements the lambda is given.</summary>
    public static IOperation? ItemsOf(IInvocationOperation call) =>
        call.Instance is { } instance ? ForeignDelegates.Accessed(instance.Unwrap()) : call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value;
}
