using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Processes;

/// <summary>Who waits for the task that a <c>WaitForExitAsync</c> gives, and whether anybody stands still for it.</summary>
internal static class AwaitedExit
{
    /// <summary>The method itself waits for the task, and nothing else ends that wait.</summary>
    public static bool IsWaitedFor(IOperation task) => EndsOf(task, depth: 0).Any();

    /// <summary>The awaits and the like; behind <c>WhenAll</c>, but not behind <c>WhenAny</c>, which another task can end.</summary>
    public static IEnumerable<IOperation> EndsOf(IOperation task) => EndsOf(task, depth: 0);

    private static IEnumerable<IOperation> EndsOf(IOperation task, int depth)
    {
        while (task.Parent is IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation or ICoalesceOperation
            || task.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" } call && call.Instance == task)
        {
            task = task.Parent;
        }

        if (WhenAll(task) is { } all)
        {
            return EndsOf(all, depth);
        }

        return task.Parent switch
        {
            IAwaitOperation or IPropertyReferenceOperation { Property.Name: "Result" } or IInvocationOperation { TargetMethod: { Name: "Wait", Parameters.IsEmpty: true } or { Name: "GetAwaiter" } } => [task.Parent],
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when depth < 3 => EndsOfLocal(local, task, depth),
            _ => [],
        };
    }

    // A task that is given to WhenAny, or waited for with a limit, in one place is awaited in another when it has ended.
    private static IEnumerable<IOperation> EndsOfLocal(ISymbol local, IOperation task, int depth)
    {
        var references = References.Of(local, task).ToList();
        return references.Exists(reference => reference.Parent is IArgumentOperation or IArrayInitializerOperation or { IsImplicit: true } && WhenAll(reference) is null || IsLimited(reference))
            ? []
            : references.SelectMany(reference => EndsOf(reference, depth + 1));
    }

    private static bool IsLimited(IOperation task) =>
        task.Parent is IInvocationOperation { TargetMethod.Name: "WaitAsync" or "Wait", Arguments.IsEmpty: false } or IPropertyReferenceOperation { Property.Name: "IsCompleted" };

    // WhenAll(a, b): with or without the array or the span that the compiler makes.
    private static IOperation? WhenAll(IOperation task)
    {
        var outer = task.Parent;
        while (outer is IArrayInitializerOperation or IArrayCreationOperation or IConversionOperation or IArgumentOperation 
            or { IsImplicit: true, Syntax: InvocationExpressionSyntax } or { Syntax: CollectionExpressionSyntax })
        {
            outer = outer.Parent;
        }

        return outer is IInvocationOperation { TargetMethod: { Name: "WhenAll", ContainingType.Name: "Task" } } ? outer : null;
    }

    /// <summary>Work of its own that only sees the end: a thread or a task that nobody waits for, over a child that was started elsewhere.</summary>
    public static bool IsObserver(IOperation wait, ChildHistory child) =>
        wait.Function() is IAnonymousFunctionOperation { Symbol: var lambda, Parent: IDelegateCreationOperation { Parent: IArgumentOperation { Parent: { } starter } } }
        && (child.Creation is null || !StatementOrder.Contains(wait.Function(), child.Creation))
        && !(child.Process is ILocalReferenceOperation { Local.ContainingSymbol: var owner } && SymbolEqualityComparer.Default.Equals(owner, lambda))
        && starter switch
        {
            IObjectCreationOperation { Type.Name: "Thread" } => true,
            IInvocationOperation { TargetMethod.Name: "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" } => true,
            IInvocationOperation { TargetMethod: { Name: "Run", ContainingType.Name: "Task" } or { Name: "StartNew", ContainingType.Name: "TaskFactory" } } call => !ChildUses.IsResultUsed(call),
            _ => false,
        };
}
