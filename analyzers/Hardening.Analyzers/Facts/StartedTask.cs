namespace Hardening.Analyzers.Facts;

/// <summary>Work that is given to the thread pool, and what becomes of its task.</summary>
internal sealed class StartedTask : IStarted
{
    // From a variable to its uses, and on: they can go round in a circle.
    private const int MostSteps = 3;

    private StartedTask(IOperation? work, bool isLongRunning) => (Work, IsLongRunning) = (work, isLongRunning);

    /// <summary>What runs: a lambda, a method group.</summary>
    public IOperation? Work { get; }

    /// <summary>It gets a thread of its own.</summary>
    public bool IsLongRunning { get; }

    /// <summary>It is put into an array or collection, to be waited for together with others.</summary>
    public bool IsCollected { get; private set; }

    public bool IsKeptInField { get; private set; }

    // A number of tasks that is neither a literal nor a count of items is a setting; that nobody waits for them is another question.
    bool IStarted.IsKept => true;

    /// <summary>Null when the call starts nothing, or when someone waits for the task or owns it: it is awaited, returned, kept in a field, handed on.</summary>
    public static StartedTask? Of(IInvocationOperation call, TaskTypes types)
    {
        if (!types.StartsOnPool(call.TargetMethod))
        {
            return null;
        }

        var started = new StartedTask(WorkOf(call), call.Arguments.Any(IsForLong));
        return !HasScheduler(call) && (call.Type?.SpecialType == SpecialType.System_Boolean || started.Follow(call, MostSteps)) ? started : null;
    }

    // False when someone waits for the task or owns it.
    private bool Follow(IOperation task, int steps)
    {
        while (true)
        {
            var parent = task.Parent;
            switch (parent)
            {
                case IConversionOperation or IParenthesizedOperation:
                    task = parent;
                    break;
                case IInvocationOperation { TargetMethod.Name: "ContinueWith" or "ConfigureAwait" or "Unwrap" or "WaitAsync" } next when next.Instance == task:
                    task = next;
                    break;
                case IArgumentOperation { Parameter.Ordinal: 0, Parent: IInvocationOperation { TargetMethod: { IsExtensionMethod: true } method } extension }:
                    if (method.ReturnsVoid)
                    {
                        return true;
                    }

                    if (method.Name != "Unwrap")
                    {
                        return false;
                    }

                    task = extension;
                    break;
                case IExpressionStatementOperation:
                case ISimpleAssignmentOperation { Target: IDiscardOperation }:
                    return true;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when steps > 0:
                    return FollowLocal(local, task, steps - 1);
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } when steps > 0:
                    return FollowLocal(local, task, steps - 1);
                case IReturnOperation { Parent: IBlockOperation { Parent: IAnonymousFunctionOperation } block }:
                    // items.Select(item => Task.Run(…)); any other lambda hands the task to whoever calls it.
                    IsCollected = block.Parent!.Parent is IDelegateCreationOperation { Parent: IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Select" or "SelectMany" or "ConvertAll" } } };
                    return IsCollected;
                default:
                    return Collect(task);
            }
        }
    }

    private bool Collect(IOperation task)
    {
        var collection = task.Parent switch
        {
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Add" or "Enqueue" or "Push" or "TryAdd" or "AddLast", Instance: { } list } } => list,
            ISimpleAssignmentOperation { Target: IArrayElementReferenceOperation { ArrayReference: var array } } => array,
            ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } list } } => list,
            _ => null,
        };
        IsCollected |= collection is not null;
        IsKeptInField |= collection is IMemberReferenceOperation;
        return collection is not null;
    }

    private bool FollowLocal(ILocalSymbol local, IOperation task, int steps)
    {
        foreach (var use in References.Of(local, task))
        {
            if (use.Parent is ISimpleAssignmentOperation { Target: var target } && target == use)
            {
                continue;
            }

            if (!Follow(use, steps))
            {
                return false;
            }
        }

        return true;
    }

    private static IOperation? WorkOf(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Type.TypeKind == TypeKind.Delegate)?.Value;

    private static bool IsForLong(IArgumentOperation argument) =>
        argument.Parameter?.Type.Name == "TaskCreationOptions"
        && (argument.Value.ConstantValue is { HasValue: true, Value: int options } ? (options & (int)TaskCreationOptions.LongRunning) != 0 : argument.Value.Descendants().OfType<IFieldReferenceOperation>().Any(option => option.Field.Name == "LongRunning"));

    // A scheduler of one's own is where the limit is; and so may a factory of one's own be.
    private static bool HasScheduler(IInvocationOperation call) =>
        call.Arguments.Any(argument => argument.Parameter?.Type.Name == "TaskScheduler" && argument.Value.Unwrap() is not IPropertyReferenceOperation { Property.Name: "Default" or "Current" })
        || call.Instance is { } factory && factory.Unwrap() is not (IPropertyReferenceOperation { Property: { Name: "Factory", ContainingType.Name: "Task" } } or IObjectCreationOperation { Arguments.IsEmpty: true });
}
