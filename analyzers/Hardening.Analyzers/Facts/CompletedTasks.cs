using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Analyzers.Facts;

/// <summary>Tasks that have ended where they are asked for their result: to ask blocks nobody.</summary>
internal static class CompletedTasks
{
    public static bool IsComplete(IOperation task) => Source(task) switch
    {
        IInvocationOperation { TargetMethod: { Name: "FromResult" or "FromException" or "FromCanceled", ContainingType.Name: "Task" or "ValueTask" } } => true,
        IInvocationOperation { TargetMethod: { IsAsync: true } method } => HasNoAwait(method),
        IPropertyReferenceOperation { Property: { Name: "CompletedTask", ContainingType.Name: "Task" or "ValueTask" } } => true,
        IAwaitOperation { Operation: var awaited } => Source(awaited) is IInvocationOperation { TargetMethod.Name: "WhenAny" },
        IConditionalOperation { WhenTrue: var one, WhenFalse: { } other } => IsComplete(one) && IsComplete(other),
        IParameterReferenceOperation { Parameter: var parameter } reference => IsGivenWhenDone(parameter, reference) || IsCompleteBefore(reference, parameter),
        ILocalReferenceOperation { Local: var local } reference => IsCompleteBefore(reference, local),
        IFieldReferenceOperation { Field: var field } reference =>
            IsCompleteBefore(reference, field) || field.IsReadOnly && Initializers.Of(field, reference) is { } initial && IsComplete(initial),
        IArrayElementReferenceOperation { ArrayReference: var array, Indices: { Length: 1 } indices } => IsComplete(array) || IsFoundByWaitAny(indices[0]),
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } list, Arguments: { Length: 1 } indices } => IsComplete(list) || IsFoundByWaitAny(indices[0].Value),
        IPropertyReferenceOperation { Property: var property } reference => IsCompleteBefore(reference, property),
        _ => false,
    };

    // An async function without an await has done all of its work when it returns.
    private static bool HasNoAwait(IMethodSymbol method) =>
        method is { IsVirtual: false, IsOverride: false, DeclaringSyntaxReferences: { Length: 1 } declarations }
        && !declarations[0].GetSyntax().DescendantTokens().Any(token => token.IsKind(SyntaxKind.AwaitKeyword));

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
        for (var node = use; node.Parent is { } parent and not ILocalFunctionOperation; node = parent)
        {
            switch (parent)
            {
                case IAnonymousFunctionOperation lambda when IsCompleteIn(lambda, task):
                    return true;
                case ISwitchCaseOperation { Parent: ISwitchOperation { Value: var status } } when IsStatus(status, task):
                    return true;
                case IConditionalOperation choice when node == choice.WhenTrue && Says(choice.Condition, task, whenTrue: true):
                case IConditionalOperation other when node == other.WhenFalse && Says(other.Condition, task, whenTrue: false):
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both when node == both.RightOperand && Says(both.LeftOperand, task, whenTrue: true):
                    return true;
                case ISwitchExpressionArmOperation { Parent: ISwitchExpressionOperation { Value: var value } } arm when node == arm.Value && Says(value, arm.Pattern, task):
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

    // A continuation begins when the task has ended; and a query over tasks that have ended sees nothing else.
    private static bool IsCompleteIn(IAnonymousFunctionOperation lambda, ISymbol task)
    {
        if (Handover.AsDelegate(lambda).Parent is not IArgumentOperation { Parent: IInvocationOperation call })
        {
            return false;
        }

        var source = call.Instance ?? call.Arguments.FirstOrDefault()?.Value;
        return source is not null && (call.TargetMethod.Name.StartsWith("ContinueW", StringComparison.Ordinal)
            ? source.DescendantsAndSelf().Any(part => IsTask(part, task))
            : call.TargetMethod.ContainingType.Name == "Enumerable" && lambda.Symbol.Parameters.Contains(task, SymbolEqualityComparer.Default) && IsComplete(source));
    }

    // tasks[Task.WaitAny(tasks)]
    private static bool IsFoundByWaitAny(IOperation index) =>
        (index.Unwrap() is ILocalReferenceOperation { Local: var local } ? Initializers.Of(local, index) : index)?.Unwrap()
            is IInvocationOperation { TargetMethod: { Name: "WaitAny", ContainingType.Name: "Task" } };

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
                case IConditionalOperation guard when (Leaves(guard.WhenTrue) || WaitsFor(guard.WhenTrue, task)) && Says(guard.Condition, task, whenTrue: false):
                case IWhileLoopOperation { Condition: { } condition } when Says(condition, task, whenTrue: false):
                    isComplete = true;
                    break;
                case IAwaitOperation or IInvocationOperation or IPropertyReferenceOperation when Ends(operation, task) && IsUnconditional(operation):
                    isComplete = true;
                    break;
            }
        }

        return isComplete;
    }

    private static bool Ends(IOperation operation, ISymbol task) => operation switch
    {
        IAwaitOperation { Operation: var awaited } => IsOrHas(awaited, task),
        IInvocationOperation { TargetMethod: { Name: "WaitAll", ContainingType.Name: "Task" } } all => Has(all, task),
        IInvocationOperation { TargetMethod: { Name: "Wait", ContainingType.Name: "Task" }, Instance: { } one } => IsOrHas(one, task),
        IInvocationOperation { TargetMethod.Name: "GetResult", Instance: IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } one } } => IsOrHas(one, task),
        IPropertyReferenceOperation { Property: { Name: "Result", ContainingType.Name: "Task" }, Instance: { } one } => IsOrHas(one, task),
        _ => false,
    };

    // The task itself, with or without a limit, or WhenAll of it and others.
    private static bool IsOrHas(IOperation waitedFor, ISymbol task) => Source(waitedFor) switch
    {
        IInvocationOperation { TargetMethod.Name: "WhenAll" } all => Has(all, task),
        IInvocationOperation { TargetMethod: { Name: "WaitAsync", ContainingType.Name: "Task" }, Instance: { } limited } => IsOrHas(limited, task),
        var one => IsTask(one, task),
    };

    // Also WhenAll(cameras.Select(camera => camera.Opened)).
    private static bool Has(IOperation all, ISymbol task) => all.Descendants().Any(part => IsTask(part, task));

    private static bool WaitsFor(IOperation branch, ISymbol task) => branch.DescendantsInFunction().Any(operation => Ends(operation, task));

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
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } same => whenTrue && (IsEnded(same.LeftOperand, same.RightOperand, task) || IsEnded(same.RightOperand, same.LeftOperand, task)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals } other => !whenTrue && (IsEnded(other.LeftOperand, other.RightOperand, task) || IsEnded(other.RightOperand, other.LeftOperand, task)),
        IIsPatternOperation { Value: var value, Pattern: INegatedPatternOperation { Pattern: var pattern } } => !whenTrue && Says(value, pattern, task),
        IIsPatternOperation { Value: var value, Pattern: var pattern } => whenTrue && Says(value, pattern, task),
        _ => false,
    };

    // { IsCompleted: true }, of the task or as the task.
    private static bool Says(IOperation value, IPatternOperation pattern, ISymbol task) =>
        pattern is IRecursivePatternOperation { PropertySubpatterns: var properties, DeclaredSymbol: var declared }
        && (IsTask(value.Unwrap(), task) || SymbolEqualityComparer.Default.Equals(declared, task))
        && properties.Any(property => property.Member is IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" }
            && property.Pattern is IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: true } });

    // The task is the one that WhenAny returned, or its status says so.
    private static bool IsEnded(IOperation one, IOperation other, ISymbol task) =>
        IsTask(one.Unwrap(), task) && IsComplete(other)
        || IsStatus(one, task) && other.Unwrap() is IFieldReferenceOperation { Field.Name: "RanToCompletion" or "Faulted" or "Canceled" };

    private static bool IsStatus(IOperation value, ISymbol task) =>
        value.Unwrap() is IPropertyReferenceOperation { Property: { Name: "Status", ContainingType.Name: "Task" }, Instance: { } asked } && IsTask(asked.Unwrap(), task);

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
        IPropertyReferenceOperation { Property: { IsIndexer: false } property } => property,
        _ => null,
    };
}
