namespace Hardening.Analyzers.Facts;

/// <summary>Tasks that have ended where they are asked for their result: to ask blocks nobody.</summary>
internal static class CompletedTasks
{
    public static bool IsComplete(IOperation task) => Source(task) switch
    {
        IInvocationOperation { TargetMethod: { Name: "FromResult" or "FromException" or "FromCanceled", ContainingType.Name: "Task" or "ValueTask" } } => true,
        IPropertyReferenceOperation { Property: { Name: "CompletedTask", ContainingType.Name: "Task" or "ValueTask" } } => true,
        IAwaitOperation { Operation: var awaited } => Source(awaited) is IInvocationOperation { TargetMethod.Name: "WhenAny" },
        IParameterReferenceOperation { Parameter: var parameter } reference => IsGivenWhenDone(parameter, reference) || IsCompleteBefore(reference, parameter),
        ILocalReferenceOperation { Local: var local } reference => IsCompleteBefore(reference, local),
        IFieldReferenceOperation { Field: var field } reference => IsCompleteBefore(reference, field),
        IArrayElementReferenceOperation { ArrayReference: var array } => IsComplete(array),
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } list } => IsComplete(list),
        _ => false,
    };

    // The task behind conversions, ConfigureAwait, AsTask and Preserve.
    private static IOperation Source(IOperation task)
    {
        task = task.Unwrap();
        while (task is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "Preserve", Instance: { } inner })
        {
            task = inner.Unwrap();
        }

        return task;
    }

    // ContinueWith and the like hand their callback a task that has ended.
    private static bool IsGivenWhenDone(IParameterSymbol parameter, IOperation use)
    {
        for (var parent = use.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation lambda && SymbolEqualityComparer.Default.Equals(lambda.Symbol, parameter.ContainingSymbol))
            {
                return lambda.Parent is IDelegateCreationOperation { Parent: IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: var name } } }
                    && name.StartsWith("ContinueW", StringComparison.Ordinal);
            }
        }

        return false;
    }

    private static bool IsCompleteBefore(IOperation use, ISymbol task)
    {
        for (var node = use; node.Parent is { } parent and not (IAnonymousFunctionOperation or ILocalFunctionOperation); node = parent)
        {
            switch (parent)
            {
                case IConditionalOperation choice when node == choice.WhenTrue && Says(choice.Condition, task, whenTrue: true):
                case IConditionalOperation other when node == other.WhenFalse && Says(other.Condition, task, whenTrue: false):
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both when node == both.RightOperand && Says(both.LeftOperand, task, whenTrue: true):
                    return true;
                case IForEachLoopOperation loop when loop.Locals.Contains(task, SymbolEqualityComparer.Default):
                    return loop.Collection.Unwrap() is var tasks && Symbol(tasks) is { } symbol && IsCompleteBefore(loop, symbol);
                case IBlockOperation block:
                    if (IsCompleteAfter(block.Operations.TakeWhile(statement => statement != node), task) is { } isComplete)
                    {
                        return isComplete;
                    }

                    break;
            }
        }

        return false;
    }

    // Null when the statements say nothing about the task.
    private static bool? IsCompleteAfter(IEnumerable<IOperation> statements, ISymbol task)
    {
        bool? isComplete = null;
        foreach (var operation in statements.SelectMany(statement => statement.DescendantsInFunction()))
        {
            switch (operation)
            {
                case IAssignmentOperation assignment when IsTask(assignment.Target, task):
                    isComplete = IsComplete(assignment.Value);
                    break;
                case IVariableDeclaratorOperation { Symbol: var local } declarator when SymbolEqualityComparer.Default.Equals(local, task):
                    isComplete = declarator.GetVariableInitializer() is { Value: var value } && IsComplete(value);
                    break;
                case IConditionalOperation guard when Leaves(guard.WhenTrue) && Says(guard.Condition, task, whenTrue: false):
                    isComplete = true;
                    break;
                case IAwaitOperation or IInvocationOperation when Ends(operation, task) && IsUnconditional(operation):
                    isComplete = true;
                    break;
            }
        }

        return isComplete;
    }

    private static bool Ends(IOperation operation, ISymbol task) => operation switch
    {
        IAwaitOperation { Operation: var awaited } => Source(awaited) switch
        {
            IInvocationOperation { TargetMethod.Name: "WhenAll" } all => all.DescendantsInFunction().Any(part => IsTask(part, task)),
            var one => IsTask(one, task),
        },
        IInvocationOperation { TargetMethod: { Name: "WaitAll", ContainingType.Name: "Task" } } all => all.DescendantsInFunction().Any(part => IsTask(part, task)),
        IInvocationOperation { TargetMethod: { Name: "Wait", ContainingType.Name: "Task" }, Instance: { } one } => IsTask(one.Unwrap(), task),
        _ => false,
    };

    private static bool IsUnconditional(IOperation operation)
    {
        var parent = operation.Parent;
        for (; parent is not (null or IBlockOperation); parent = parent.Parent)
        {
            if (parent is IConditionalOperation or ILoopOperation or ISwitchOperation or ICatchClauseOperation or IBinaryOperation)
            {
                return false;
            }
        }

        // A block of its own counts only where it is always entered.
        return parent?.Parent is not (IConditionalOperation or ILoopOperation or ISwitchCaseOperation or ICatchClauseOperation);
    }

    // Whether the condition, with this outcome, means that the task has ended.
    private static bool Says(IOperation condition, ISymbol task, bool whenTrue) => condition.Unwrap() switch
    {
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Operand: var operand } => Says(operand, task, !whenTrue),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both =>
            whenTrue && (Says(both.LeftOperand, task, true) || Says(both.RightOperand, task, true)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either =>
            !whenTrue && (Says(either.LeftOperand, task, false) || Says(either.RightOperand, task, false)),
        IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "IsFaulted" or "IsCanceled", Instance: { } asked } =>
            whenTrue && IsTask(asked.Unwrap(), task),
        IInvocationOperation { TargetMethod.Name: "Wait", Instance: { } waited } => whenTrue && IsTask(waited.Unwrap(), task),
        IIsPatternOperation { Value: var value, Pattern: IRecursivePatternOperation { PropertySubpatterns: var properties } } =>
            whenTrue && IsTask(value.Unwrap(), task) && properties.Any(property =>
                property.Member is IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" }
                && property.Pattern is IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: true } }),
        _ => false,
    };

    private static bool Leaves(IOperation branch)
    {
        var last = branch is IBlockOperation { Operations: { IsEmpty: false } operations } ? operations[operations.Length - 1] : branch;
        return last is IReturnOperation or IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation } or IBranchOperation;
    }

    private static bool IsTask(IOperation operation, ISymbol task) => SymbolEqualityComparer.Default.Equals(Symbol(operation), task);

    private static ISymbol? Symbol(IOperation operation) => operation switch
    {
        ILocalReferenceOperation { Local: var local } => local,
        IParameterReferenceOperation { Parameter: var parameter } => parameter,
        IFieldReferenceOperation { Field: var field } => field,
        _ => null,
    };
}
