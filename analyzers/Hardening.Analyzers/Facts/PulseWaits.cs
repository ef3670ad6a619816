namespace Hardening.Analyzers.Facts;

/// <summary>Whether a thread that <c>Monitor.Wait</c> wakes looks again at what it waited for, before it goes on as if it were there.</summary>
internal static class PulseWaits
{
    /// <summary>Goes on without a look, though another thread may have been faster, or the pulse was for somebody else.</summary>
    public static bool GoesOn(IInvocationOperation wait, IOperation held, LockRegions regions)
    {
        IOperation? scope = null;
        IConditionalOperation? question = null;
        for (IOperation node = wait; node.Parent is { } parent and not (IAnonymousFunctionOperation or ILocalFunctionOperation); node = parent)
        {
            switch (parent)
            {
                case ILoopOperation:
                    // A loop around the lock asks again at its next turn; what is done in this turn is done without.
                    return scope is not null && question is not null && IsUsedAfter(question);
                case IConditionalOperation condition when scope is null && node == condition.WhenTrue:
                    question ??= condition;
                    break;
                case ILockOperation or IUsingOperation when regions.ScopeOf(parent) is { Lock: var taken } && LockRegions.AreSame(taken, held):
                    scope = parent;
                    break;
            }
        }

        // A helper waits for its caller, and the caller asks.
        var function = wait.Function();
        if (!IsTakenIn(function, held, regions) || function.DescendantsInFunction().Any(operation => operation is ILabeledOperation))
        {
            return false;
        }

        // With a limit it may be no more than a sleep that can be ended.
        return !HasLimit(wait) ? true : question is not null && IsUsedAfter(question);
    }

    public static bool HasLimit(IInvocationOperation wait) =>
        wait.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 1)?.Value.Unwrap() is { } limit
        && limit is not ({ ConstantValue: { HasValue: true, Value: -1 } } or IFieldReferenceOperation { Field.Name: "InfiniteTimeSpan" });

    private static bool IsTakenIn(IOperation function, IOperation held, LockRegions regions) => function.DescendantsInFunction().Any(operation =>
        (regions.ScopeOf(operation)?.Lock ?? (operation is IInvocationOperation call ? regions.EnteredBy(call) : null)) is { } taken && LockRegions.AreSame(taken, held));

    // if (_queue.Count == 0) { Monitor.Wait(_gate); } item = _queue.Dequeue();
    private static bool IsUsedAfter(IConditionalOperation question)
    {
        if (question.Parent is not IBlockOperation { Operations: var statements } || statements.IndexOf(question) + 1 is var next && next >= statements.Length)
        {
            return false;
        }

        var asked = question.Condition.DescendantsAndSelf().Select(Named).Where(symbol => symbol is not null).ToImmutableHashSet(SymbolEqualityComparer.Default);
        var after = statements[next].DescendantsAndSelf().ToList();
        return after.Exists(operation => asked.Contains(Named(operation)))
            && !after.Exists(operation => operation is IConditionalOperation or ICoalesceOperation or IConditionalAccessOperation or ISwitchExpressionOperation or ISwitchOperation or ILoopOperation
                or IInvocationOperation { TargetMethod.ReturnType.SpecialType: SpecialType.System_Boolean })
            && statements[next] is not IReturnOperation { ReturnedValue: IMemberReferenceOperation or ILocalReferenceOperation or IBinaryOperation or IUnaryOperation };
    }

    private static ISymbol? Named(IOperation operation) => operation switch
    {
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation } property => property.Property,
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };
}
