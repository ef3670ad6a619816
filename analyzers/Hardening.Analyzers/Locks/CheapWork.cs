using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>What is not worth a thread: declarations, arithmetic, counters, log lines, and taking the next element.</summary>
internal static class CheapWork
{
    private static readonly ImmutableHashSet<string> Types = ImmutableHashSet.Create(
        StringComparer.Ordinal, "Interlocked", "Volatile", "Math", "MathF", "Debug", "Trace", "Console", "LoggerExtensions", "ILogger", "ArgumentNullException");

    private static readonly ImmutableHashSet<string> HandOffs = ImmutableHashSet.Create(
        StringComparer.Ordinal, "Take", "TryTake", "Dequeue", "TryDequeue", "TryRead", "ReadAsync", "WaitToReadAsync", "ThrowIfCancellationRequested", "ConfigureAwait");

    /// <summary>The statement does all the work of the block, with the call before it that takes its lock.</summary>
    public static bool IsAllBeside(IOperation statement, IBlockOperation block, LockedTry? taken)
    {
        foreach (var other in block.Operations)
        {
            // What follows a using declaration is in its scope, as what follows an Enter within its try.
            if (other == statement)
            {
                if (statement is IUsingDeclarationOperation || statement == taken?.Entering)
                {
                    return true;
                }
            }
            else if (other != taken?.Entering && !IsCheap(other))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsCheap(IOperation statement) => statement switch
    {
        ILocalFunctionOperation or IEmptyOperation or ILabeledOperation => true,
        IReturnOperation or IExpressionStatementOperation or IVariableDeclarationGroupOperation => statement.DescendantsAndSelf().All(IsCheapPart),
        _ => false,
    };

    private static bool IsCheapPart(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: var method } => Types.Contains(method.ContainingType.Name) || HandOffs.Contains(method.Name),
        IAwaitOperation { Operation: IInvocationOperation { TargetMethod.Name: var name } } => HandOffs.Contains(name),
        IObjectCreationOperation or IArrayCreationOperation or IAwaitOperation or IAnonymousFunctionOperation or IDynamicInvocationOperation => false,
        _ => true,
    };
}
