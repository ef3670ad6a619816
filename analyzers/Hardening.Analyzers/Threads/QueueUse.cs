using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>What a type and the types in it do with a queue in a private field. Filled by several threads at once.</summary>
internal sealed class QueueUse
{
    private readonly ConcurrentBag<(ISymbol Member, bool IsFilledFromList)> _writers = new();
    private readonly ConcurrentBag<(ISymbol Member, bool IsEndless)> _readers = new();
    private readonly ConcurrentBag<ISymbol> _counts = new();
    private volatile bool _isBoundedOrElsewhere;

    /// <summary>One member puts items in with nothing to stop it, and another one takes them out in a loop.</summary>
    public bool IsUnboundedHandOff =>
        !_isBoundedOrElsewhere
        && _writers.Any(writer => _readers.Any(reader =>
            !SymbolEqualityComparer.Default.Equals(writer.Member, reader.Member) && (reader.IsEndless || !writer.IsFilledFromList)));

    /// <summary>Members that say how many items there are. Nobody who enqueues looks at them; but others may compare them with a limit.</summary>
    public IEnumerable<ISymbol> Counts => _counts.Distinct(SymbolEqualityComparer.Default);

    public void Add(IFieldReferenceOperation queue, ISymbol member)
    {
        var use = queue.Parent is IConditionalAccessOperation { WhenNotNull: var call } access && access.Operation == queue ? call : queue.Parent;
        switch (use)
        {
            case IInvocationOperation { TargetMethod.Name: "Enqueue" } enqueue:
                if (IsHeldBack(enqueue))
                {
                    _isBoundedOrElsewhere = true;
                }

                _writers.Add((member, Loops(enqueue).Any(loop => loop is IForEachLoopOperation)));
                break;
            case IInvocationOperation { TargetMethod.Name: "TryDequeue" } dequeue:
                var loops = Loops(dequeue).ToList();
                if (loops.Count > 0 && IsUsed(dequeue) && !IsCleanUp(member))
                {
                    _readers.Add((member, loops.Count > 1 || !IsDrain(loops[0], dequeue)));
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

    // while (queue.TryDequeue(out _)) throws away.
    private static bool IsUsed(IInvocationOperation dequeue) => dequeue.Arguments.All(argument => argument.Value.Unwrap() is not IDiscardOperation);

    private static bool IsCleanUp(ISymbol member) => member.Name is "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "Clear" or "Reset" or "Finalize";

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
