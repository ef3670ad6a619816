namespace Hardening.Analyzers.Facts;

/// <summary>What code does with a timer that it holds in a local or a field.</summary>
internal sealed class TimerUses
{
    /// <summary>Somebody disposes or stops it.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Other code may hold it too.</summary>
    public bool HasEscaped { get; private set; }

    /// <summary><c>AutoReset</c> is set: it ticks once, or as often as code says that cannot be foreseen.</summary>
    public bool IsOneShot { get; private set; }

    /// <summary><c>Change</c> gives it a period.</summary>
    public bool Repeats { get; private set; }

    /// <summary>It ticks on one thread: its handlers wait for one another.</summary>
    public bool IsSynchronized { get; private set; }

    /// <summary>What <c>Elapsed</c> calls.</summary>
    public List<IOperation> Handlers { get; } = [];

    /// <param name="references">Expressions whose value is the timer.</param>
    public static TimerUses Of(IEnumerable<IOperation> references)
    {
        var uses = new TimerUses();
        foreach (var reference in references)
        {
            uses.Add(reference);
        }

        return uses;
    }

    private void Add(IOperation timer)
    {
        switch (timer.Parent)
        {
            case IConversionOperation or IParenthesizedOperation:
                Add(timer.Parent);
                break;
            case IConditionalAccessOperation access when access.Operation == timer:
                if (access.WhenNotNull.DescendantsAndSelf().FirstOrDefault(operation => operation is IConditionalAccessInstanceOperation) is { } instance)
                {
                    Add(instance);
                }

                break;
            case IInvocationOperation call when call.Instance == timer:
                Call(call);
                break;
            case IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation write } property when write.Target == property:
                Set(property.Property.Name, write.Value.Unwrap());
                break;
            case IEventReferenceOperation { Parent: IEventAssignmentOperation subscription } raised:
                if (subscription.Adds && raised.Event.Name == "Elapsed")
                {
                    Handlers.Add(subscription.HandlerValue);
                }

                break;
            case IAssignmentOperation assignment when assignment.Target == timer:
                HasEscaped |= assignment.Parent is not IExpressionStatementOperation || !IsOwn(assignment.Value.Unwrap());
                break;
            case IMethodReferenceOperation { Method.Name: "Dispose" or "Close" or "Stop" } or IUsingOperation:
                IsEnded = true;
                break;
            case IPropertyReferenceOperation or IExpressionStatementOperation or IIsTypeOperation or INameOfOperation:
            case IBinaryOperation { OperatorMethod: null }:
            case IIsPatternOperation { Pattern: IConstantPatternOperation or INegatedPatternOperation { Pattern: IConstantPatternOperation } }:
                break;
            default:
                HasEscaped = true;
                break;
        }
    }

    // A new timer, or none; any other is somebody else's, too.
    private static bool IsOwn(IOperation value) =>
        value is IObjectCreationOperation or { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation
        || value is IInvocationOperation { TargetMethod.Name: "CreateTimer" }
        || value is ILocalReferenceOperation { Local: var local } && Initializers.Of(local, value)?.Unwrap() is IObjectCreationOperation or IInvocationOperation { TargetMethod.Name: "CreateTimer" };

    private void Call(IInvocationOperation call)
    {
        switch (call.TargetMethod.Name)
        {
            case "Dispose" or "DisposeAsync" or "Close" or "Stop":
                IsEnded = true;
                break;
            case "Change" when call.Arguments.Length == 2:
                var (due, period) = (call.Arguments[0].Value, call.Arguments[1].Value);
                IsEnded |= TimerPeriod.IsNever(due);
                Repeats |= !TimerPeriod.IsNever(due) && !TimerPeriod.IsOnce(period);
                break;
        }
    }

    private void Set(string property, IOperation value)
    {
        switch (property)
        {
            case "Enabled":
                IsEnded |= value.ConstantValue is not { HasValue: true, Value: true };
                break;
            case "AutoReset":
                IsOneShot |= value.ConstantValue is not { HasValue: true, Value: true };
                break;
            case "SynchronizingObject":
                IsSynchronized = true;
                break;
        }
    }
}
