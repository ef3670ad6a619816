namespace Hardening.Analyzers.Facts;

internal static class OperationTree
{
    /// <summary>The operation and all below it that run with it: not what a lambda or local function in it would do when called.</summary>
    public static IEnumerable<IOperation> DescendantsInFunction(this IOperation operation)
    {
        var open = new Stack<IOperation>();
        open.Push(operation);
        while (open.Count > 0)
        {
            var current = open.Pop();
            yield return current;
            if (current is IAnonymousFunctionOperation or ILocalFunctionOperation && current != operation)
            {
                continue;
            }

            foreach (var child in current.ChildOperations.Reverse())
            {
                open.Push(child);
            }
        }
    }

    /// <summary>How the function that contains the operation is called: a local function by its own name, a lambda by its member's.</summary>
    public static string FunctionName(this IOperation operation, ISymbol containing)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is ILocalFunctionOperation { Symbol: var local })
            {
                return local.Name;
            }
        }

        return Names.Of(containing);
    }
}
