namespace Hardening.Analyzers.Facts;

/// <summary>What holds code back, so that only so much of it runs at once.</summary>
internal static class Throttles
{
    /// <summary>Something before the start, or the loop around it, waits until there is room, or starts only if there is.</summary>
    public static bool HoldBack(IOperation start, ILoopOperation? loop)
    {
        var function = start.Function();
        var isHere = loop is not null && loop.Function() == function;
        var before = Bodies.Operations(function).TakeWhile(operation => operation.Syntax.SpanStart < start.Syntax.SpanStart)
            .Where(operation => !isHere || loop!.Syntax.Span.Contains(operation.Syntax.Span));
        return before.Any(operation => IsLimit(operation) || IsAsked(operation))
            || loop is not null && loop.Body.DescendantsInFunction().Any(operation => IsLimit(operation) || WaitsForOthers(operation, loop))
            || Guards(start, function).Any(guard => guard.Condition.DescendantsAndSelf().Any(part => IsOwnLimit(part) || !guard.IsLoop && IsOwnFlag(part, function)));
    }

    /// <summary>The work itself begins by waiting for its turn, without a thread.</summary>
    public static bool AreIn(IOperation? work, CallGraph graph) =>
        work is not null && Bodies.Of(work, graph) is { } body && Bodies.Operations(body).Any(operation => operation is IAwaitOperation { Operation: var awaited } && awaited.DescendantsAndSelf().Any(IsLimit));

    /// <summary>Takes a place of a semaphore, a rate limiter or the like.</summary>
    public static bool IsLimit(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: var name, ContainingType: var type }, Instance: var instance }
        && (Starts(name, "Wait") || Starts(name, "Acquire") || Starts(name, "AttemptAcquire") || Starts(name, "TryAcquire") || Starts(name, "Enter") || Starts(name, "Lock") || Starts(name, "Throttle"))
        && (IsLimiter(type.Name) || instance?.Type is { } actual && IsLimiter(actual.Name));

    // SemaphoreSlim, RateLimiter, AsyncSemaphore, ConcurrencyLimiter …: libraries share no type, but these words.
    private static bool IsLimiter(string type) => Has(type, "Semaphore") || Has(type, "Limit") || Has(type, "Throttl") || Has(type, "Bulkhead");

    // if (Interlocked.Increment(ref running) > most): the answer is looked at.
    private static bool IsAsked(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.ContainingType: { Name: "Interlocked", ContainingNamespace.Name: "Threading" }, Parent: not IExpressionStatementOperation };

    // if (tasks.Count == 8) { tasks.Remove(await Task.WhenAny(tasks)); }
    private static bool WaitsForOthers(IOperation operation, ILoopOperation loop) =>
        operation is IInvocationOperation { TargetMethod: { Name: "WhenAny" or "WaitAny" or "WhenAll" or "WaitAll", ContainingType.Name: "Task" } } && Loop(operation) == loop;

    private static ILoopOperation? Loop(IOperation operation)
    {
        var parent = operation.Parent;
        while (parent is not (null or ILoopOperation))
        {
            parent = parent.Parent;
        }

        return (ILoopOperation?)parent;
    }

    // The conditions under which the start is reached: of the branches around it, and of those before it that leave.
    private static IEnumerable<(IOperation Condition, bool IsLoop)> Guards(IOperation start, IOperation function)
    {
        for (var (node, parent) = (start, start.Parent); parent is not null && node != function; (node, parent) = (parent, parent.Parent))
        {
            switch (parent)
            {
                case IConditionalOperation choice when node != choice.Condition:
                    yield return (choice.Condition, false);
                    break;
                case IWhileLoopOperation { Condition: { } condition } when node != condition:
                    yield return (condition, true);
                    break;
                case IBlockOperation block:
                    foreach (var guard in block.Operations.TakeWhile(statement => statement != node).OfType<IConditionalOperation>().Where(guard => Leaves(guard.WhenTrue)))
                    {
                        yield return (guard.Condition, false);
                    }

                    break;
            }
        }
    }

    // A flag of the object that the function sets itself.
    private static bool IsOwnFlag(IOperation part, IOperation function) =>
        part is IFieldReferenceOperation { Type.SpecialType: SpecialType.System_Boolean, Field: var flag }
        && Bodies.Operations(function).Any(operation => operation is ISimpleAssignmentOperation { Target: IFieldReferenceOperation { Field: var set } } && SymbolEqualityComparer.Default.Equals(set, flag));

    // A number of the object's own that is compared with a limit.
    private static bool IsOwnLimit(IOperation part) =>
        part is IBinaryOperation
        {
            OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual,
            LeftOperand: var left, RightOperand: var right,
        }
        && (IsOwnNumber(left.Unwrap()) && !IsZero(right) || IsOwnNumber(right.Unwrap()) && !IsZero(left));

    private static bool IsZero(IOperation value) => value.ConstantValue is { HasValue: true, Value: 0 };

    // _running, _tasks.Count
    private static bool IsOwnNumber(IOperation value) => value switch
    {
        IFieldReferenceOperation { Field.IsConst: false, Instance: null or IInstanceReferenceOperation, Type.SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } => true,
        IPropertyReferenceOperation { Property.Name: "Count", Instance: IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } } => true,
        IPropertyReferenceOperation { Property.Name: "Count", Instance: ILocalReferenceOperation { Type: INamedTypeSymbol { TypeArguments: var arguments } } } => arguments.Any(argument => argument.Name == "Task"),
        _ => false,
    };

    private static bool Leaves(IOperation branch)
    {
        var last = branch is IBlockOperation { Operations: { IsEmpty: false } operations } ? operations[operations.Length - 1] : branch;
        return last is IReturnOperation or IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation } or IBranchOperation;
    }

    private static bool Starts(string text, string with) => text.StartsWith(with, StringComparison.Ordinal);

    private static bool Has(string text, string word) => text.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
