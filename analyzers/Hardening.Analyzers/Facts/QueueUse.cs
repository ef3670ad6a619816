using System.Collections.Concurrent;

namespace Hardening.Analyzers.Facts;

/// <summary>What the code that sees a queue does with it. Filled by several threads at once.</summary>
internal sealed class QueueUse
{
    private readonly ConcurrentBag<(object Place, bool IsFilledFromList)> _writers = new();
    private readonly ConcurrentBag<(object Place, bool IsEndless)> _readers = new();
    private readonly ConcurrentBag<ISymbol> _counts = new();
    private volatile bool _isBoundedOrElsewhere;

    /// <summary>One place puts items in with nothing to stop it, and another one takes them out in a loop.</summary>
    public bool IsUnboundedHandOff =>
        !_isBoundedOrElsewhere
        && _writers.Any(writer => _readers.Any(reader =>
            !writer.Place.Equals(reader.Place) && (reader.IsEndless || !writer.IsFilledFromList)));

    /// <summary>Its length is held against a limit, or other code has it and may do so.</summary>
    public bool IsBoundedOrElsewhere => _isBoundedOrElsewhere;

    /// <summary>Members that say how many items there are. Nobody who enqueues looks at them; but others may compare them with a limit.</summary>
    public IEnumerable<ISymbol> Counts => _counts.Distinct(SymbolEqualityComparer.Default);

    /// <param name="queue">Where the queue is named.</param>
    /// <param name="member">The member in which that is.</param>
    /// <param name="place">What one thread runs: the member, or a function in it that is given to another thread.</param>
    /// <param name="runsAgain">The place is run again and again from outside: by a timer, by an event.</param>
    public void Add(IOperation queue, ISymbol member, object place, bool runsAgain = false)
    {
        var use = queue.Parent is IConditionalAccessOperation { WhenNotNull: var call } access && access.Operation == queue ? call : queue.Parent;
        switch (use)
        {
            case IInvocationOperation { TargetMethod.Name: "Enqueue" or "Add" or "TryAdd" or "Push" or "AddLast" or "AddFirst" } enqueue:
                if (IsHeldBack(enqueue))
                {
                    _isBoundedOrElsewhere = true;
                }

                _writers.Add((place, Loops(enqueue).Any(loop => loop is IForEachLoopOperation)));
                break;
            case IInvocationOperation { TargetMethod.Name: "TryDequeue" or "Dequeue" or "TryTake" or "TryPop" or "Pop" or "RemoveAt" or "RemoveFirst" } dequeue:
                var loops = Loops(dequeue).ToList();
                if ((runsAgain || loops.Count > 0) && IsUsed(dequeue) && !IsCleanUp(member))
                {
                    _readers.Add((place, runsAgain || loops.Count > 1 || !IsDrain(loops[0], dequeue)));
                }

                break;
            case IPropertyReferenceOperation { Property.Name: "Count" } count:
                if (!IsEmptinessOrReport(count, member))
                {
                    _isBoundedOrElsewhere = true;
                }

                break;
            case IInvocationOperation { Instance: not null } or IPropertyReferenceOperation or IForEachLoopOperation:
            case ISimpleAssignmentOperation { Target: var target } when target == queue:
                break;
            case IConversionOperation { Parent: IForEachLoopOperation }:
            case ILockOperation:
            case IConversionOperation { Parent: IArgumentOperation { Parent: IInvocationOperation { TargetMethod.ContainingType: { Name: "Monitor", ContainingNamespace.Name: "Threading" } } } }:
                break;
            default:
                _isBoundedOrElsewhere = true;
                break;
        }
    }

    private static IEnumerable<ILoopOperation> Loops(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); parent = parent.Parent)
        {
            if (parent is ILoopOperation loop)
            {
                yield return loop;
            }
        }
    }

    // A wait or a counter before it may be the bound; a counter whose answer nobody takes only counts.
    private bool IsHeldBack(IInvocationOperation enqueue)
    {
        foreach (var call in enqueue.Function().DescendantsInFunction().OfType<IInvocationOperation>())
        {
            switch (call.TargetMethod)
            {
                case { Name: "Wait" or "WaitAsync" or "WaitOne", ContainingType.Name: "SemaphoreSlim" or "WaitHandle" or "Semaphore" or "ManualResetEventSlim" } when !IsOfStop(call):
                case { ContainingType.Name: "Interlocked" } when call.Parent is not (IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation }):
                    return true;
                case { ContainingType.Name: "Interlocked" }:
                    foreach (var counter in call.Arguments.Select(argument => argument.Value).OfType<IFieldReferenceOperation>())
                    {
                        _counts.Add(counter.Field.OriginalDefinition);
                    }

                    break;
            }
        }

        return false;
    }

    // token.WaitHandle.WaitOne(100) is a pause that ends early.
    private static bool IsOfStop(IInvocationOperation wait) =>
        wait.Instance is IPropertyReferenceOperation { Property: { Name: "WaitHandle", ContainingType.Name: "CancellationToken" } };

    // while (queue.TryDequeue(out _)) throws away, and so does queue.Dequeue().Dispose().
    private static bool IsUsed(IInvocationOperation dequeue) =>
        dequeue.Arguments.All(argument => argument.Value.Unwrap() is not IDiscardOperation)
        && (dequeue.TargetMethod.ReturnsVoid || dequeue.Parent is not (IExpressionStatementOperation or IInvocationOperation { TargetMethod.Name: "Dispose" }));

    /// <summary>What the member takes out it takes out at the end.</summary>
    public static bool IsCleanUp(ISymbol member) => member.Name is "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "Clear" or "Reset" or "Finalize";

    private static bool IsDrain(ILoopOperation loop, IOperation dequeue) =>
        loop is IWhileLoopOperation { Condition: { } condition } && condition.Syntax.Span.Contains(dequeue.Syntax.Span);

    // Asked whether there is anything, or written to a log; anything else may be a bound.
    private bool IsEmptinessOrReport(IPropertyReferenceOperation count, ISymbol member)
    {
        IOperation value = count;
        while (value.Parent is IConversionOperation or IInterpolationOperation or IInterpolatedStringOperation
            or IInterpolatedStringAppendOperation or IInterpolatedStringHandlerCreationOperation)
        {
            value = value.Parent;
        }

        switch (value.Parent)
        {
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String }:
            case IArgumentOperation or ISimpleAssignmentOperation { Parent: IObjectOrCollectionInitializerOperation or IAnonymousObjectCreationOperation }:
                return true;
            case IBinaryOperation binary:
                return (binary.LeftOperand == value ? binary.RightOperand : binary.LeftOperand).ConstantValue is { HasValue: true, Value: 0 };
            case IReturnOperation when value.Function() is IAnonymousFunctionOperation lambda:
                // meter.CreateObservableGauge("waiting", () => _queue.Count)
                return lambda.Parent is IDelegateCreationOperation { Parent: IArgumentOperation };
            case IReturnOperation when value.Function() is not ILocalFunctionOperation:
                _counts.Add(member is IMethodSymbol { AssociatedSymbol: { } property } ? property : member);
                return true;
            default:
                return false;
        }
    }
}
