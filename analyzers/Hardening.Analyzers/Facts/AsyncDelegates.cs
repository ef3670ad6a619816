namespace Hardening.Analyzers.Facts;

/// <summary>A thread that is made for a delegate that leaves it at its first await: <c>new Thread</c>, or a task with <c>LongRunning</c>.</summary>
internal static class AsyncDelegates
{
    /// <summary>The delegate, if the operation makes such a thread for it.</summary>
    public static IOperation? LeavesItsThread(IOperation creation) => creation switch
    {
        IObjectCreationOperation { Type: { Name: "Thread", ContainingNamespace.Name: "Threading" }, Arguments: var arguments } => Async(arguments),
        IObjectCreationOperation { Type: { Name: "Task", ContainingNamespace.Name: "Tasks" }, Arguments: var arguments } when Handover.IsLongRunning(arguments) => Async(arguments),
        IInvocationOperation { TargetMethod: { Name: "StartNew", ContainingType.Name: "TaskFactory" }, Arguments: var arguments } when Handover.IsLongRunning(arguments) => Async(arguments),
        _ => null,
    };

    private static IOperation? Async(ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.Parameter?.Type.TypeKind == TypeKind.Delegate
                && argument.Value.Unwrap() is IDelegateCreationOperation { Target: var target } && Awaits(target))
            {
                return argument.Value;
            }
        }

        return null;
    }

    private static bool Awaits(IOperation target) => target switch
    {
        IAnonymousFunctionOperation { Symbol.IsAsync: true } lambda => lambda.Body.DescendantsInFunction().Any(IsAwait),
        IAnonymousFunctionOperation { Body.Operations: var statements } => statements.Count(statement => statement is not IReturnOperation { ReturnedValue: null }) == 1 && GivesTask(statements[0]),
        IMethodReferenceOperation { Method: var method } => IsAsync(method),
        _ => false,
    };

    private static bool IsAwait(IOperation operation) =>
        operation is IAwaitOperation or IForEachLoopOperation { IsAsynchronous: true } or IUsingOperation { IsAsynchronous: true } or IUsingDeclarationOperation { IsAsynchronous: true };

    // () => RunAsync(): the call gives its task at its first await.
    private static bool GivesTask(IOperation statement) => statement switch
    {
        IReturnOperation { ReturnedValue: { } returned } => returned.Unwrap() is IInvocationOperation { TargetMethod: var method } && Functions.IsTask(method.ReturnType) && IsAsync(method),
        IExpressionStatementOperation { Operation: IInvocationOperation { TargetMethod: { IsAsync: true, ReturnsVoid: true } } } => true,
        _ => false,
    };

    // Of another assembly's method its type must do; one that is here and not async may do all of its work before it returns.
    private static bool IsAsync(IMethodSymbol method) => method.IsAsync || method.DeclaringSyntaxReferences.IsEmpty && Functions.IsTask(method.ReturnType);
}
