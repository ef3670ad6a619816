namespace Hardening.Analyzers.Facts;

/// <summary>Async functions that let no exception out.</summary>
internal static class CaughtAwaits
{
    /// <summary>Every await is in a try that catches every exception and throws none again.</summary>
    public static bool AreAllOf(IOperation body)
    {
        foreach (var operation in body.DescendantsInFunction())
        {
            if (Waits(operation) && !IsCaught(operation, body))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The function is left here until something has ended.</summary>
    public static bool Waits(IOperation operation) =>
        operation is IAwaitOperation or IForEachLoopOperation { IsAsynchronous: true } or IUsingOperation { IsAsynchronous: true } or IUsingDeclarationOperation { IsAsynchronous: true };

    private static bool IsCaught(IOperation operation, IOperation body)
    {
        for (var (node, parent) = (operation, operation.Parent); parent is not null && node != body; (node, parent) = (parent, parent.Parent))
        {
            switch (parent)
            {
                case ITryOperation tried when node == tried.Body && tried.Catches.Any(IsGeneral):
                case ICatchClauseOperation:
                    return true;
            }
        }

        return false;
    }

    private static bool IsGeneral(ICatchClauseOperation clause) =>
        clause.Filter is null
        && clause.ExceptionType is { SpecialType: SpecialType.System_Object } or { Name: nameof(Exception), ContainingNamespace.Name: nameof(System) }
        && !clause.Handler.DescendantsInFunction().Any(operation => operation is IThrowOperation);
}
