using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>What a type does with a queue in a private field. Filled by several threads at once.</summary>
internal sealed class QueueUse
{
    private readonly ConcurrentBag<(ISymbol Member, bool IsFilledFromList)> _writers = new();
    private readonly ConcurrentBag<(ISymbol Member, bool IsEndless)> _readers = new();
    private volatile bool _isBoundedOrElsewhere;

    /// <summary>One member puts items in with nothing to stop it, and another one takes them out in a loop.</summary>
    public bool IsUnboundedHandOff =>
        !_isBoundedOrElsewhere
        && _writers.Any(writer => _readers.Any(reader =>
            !SymbolEqualityComparer.Default.Equals(writer.Member, reader.Member) && (reader.IsEndless || !writer.IsFilledFromList)));

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
                if (!IsEmptinessOrReport(count))
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

    // A wait or a counter before it may be the bound.
    private static bool IsHeldBack(IInvocationOperation enqueue) => enqueue.Function().DescendantsInFunction().Any(operation =>
        operation is IInvocationOperation
        {
            TargetMethod: { Name: "Wait" or "WaitAsync" or "WaitOne", ContainingType.Name: "SemaphoreSlim" or "WaitHandle" or "Semaphore" or "ManualResetEventSlim" }
                or { ContainingType.Name: "Interlocked" },
        });

    // while (queue.TryDequeue(out _)) throws away.
    private static bool IsUsed(IInvocationOperation dequeue) => dequeue.Arguments.All(argument => argument.Value.Unwrap() is not IDiscardOperation);

    private static bool IsCleanUp(ISymbol member) => member.Name is "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "Clear" or "Reset" or "Finalize";

    private static bool IsDrain(ILoopOperation loop, IOperation dequeue) =>
        loop is IWhileLoopOperation { Condition: { } condition } && condition.Syntax.Span.Contains(dequeue.Syntax.Span);

    // Asked whether there is anything, or written to a log; anything else may be a bound.
    private static bool IsEmptinessOrReport(IPropertyReferenceOperation count)
    {
        IOperation value = count;
        while (value.Parent is IConversionOperation or IInterpolationOperation or IInterpolatedStringOperation
            or IInterpolatedStringAppendOperation or IInterpolatedStringHandlerCreationOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IBinaryOperation binary => (binary.LeftOperand == value ? binary.RightOperand : binary.LeftOperand).ConstantValue is { HasValue: true, Value: 0 },
            IArgumentOperation => true,
            _ => false,
        };
    }
}
