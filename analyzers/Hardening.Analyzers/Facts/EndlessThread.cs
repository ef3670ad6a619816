namespace Hardening.Analyzers.Facts;

/// <summary>A new foreground thread that runs a loop without an exit.</summary>
internal static class EndlessThread
{
    private const int MostCalls = 2;

    /// <summary>The loop; null where the thread may end, is told to be a background thread, or is handed to other code.</summary>
    public static ILoopOperation? LoopOf(IObjectCreationOperation creation, CallGraph graph)
    {
        var body = (creation.Arguments.FirstOrDefault()?.Value.Unwrap() as IDelegateCreationOperation)?.Target switch
        {
            IAnonymousFunctionOperation { Symbol.IsAsync: false } lambda => lambda.Body,
            IMethodReferenceOperation { Method: { IsAsync: false } method } => graph.BodyOf(method.OriginalDefinition, CancellationToken.None),
            _ => null,
        };
        return body is not null && Loop(body, graph, MostCalls) is { } loop && IsForeground(creation) ? loop : null;
    }

    // The loop of the thread itself, or of the one method that it is there to call.
    private static ILoopOperation? Loop(IOperation body, CallGraph graph, int calls)
    {
        foreach (var operation in body.DescendantsInFunction())
        {
            if (operation is ILoopOperation loop && IsEndless(loop))
            {
                return HasExit(loop) ? null : loop;
            }

            if (calls > 0 && operation is IInvocationOperation { TargetMethod.IsAsync: false, Parent: IExpressionStatementOperation { Parent: { } outer } statement } call
                && IsLast(statement, outer)
                && graph.TargetOf(call) is { } target
                && graph.BodyOf(target, CancellationToken.None) is { } called
                && Loop(called, graph, calls - 1) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static bool IsLast(IOperation statement, IOperation outer) =>
        outer is IBlockOperation { Operations: { IsEmpty: false } statements, Parent: IAnonymousFunctionOperation or IMethodBodyOperation or ILocalFunctionOperation or IConstructorBodyOperation }
        && statements.LastOrDefault(each => !each.IsImplicit || each is IExpressionStatementOperation) == statement;

    private static bool IsEndless(ILoopOperation loop) => loop switch
    {
        IWhileLoopOperation { Condition: var condition } => condition is { ConstantValue: { HasValue: true, Value: true } },
        IForLoopOperation { Condition: var condition } => condition is null or { ConstantValue: { HasValue: true, Value: true } },
        _ => false,
    };

    // What throws when its device is closed ends the loop, if somebody catches it outside.
    private static bool HasExit(ILoopOperation loop)
    {
        for (var (part, outer) = ((IOperation)loop, loop.Parent); outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); (part, outer) = (outer, outer.Parent))
        {
            if (outer is ITryOperation { Catches.IsEmpty: false } attempt && attempt.Body == part)
            {
                return true;
            }
        }

        return loop.DescendantsInFunction().Any(operation => operation switch
        {
            IBranchOperation { BranchKind: BranchKind.Break } leave => SymbolEqualityComparer.Default.Equals(leave.Target, loop.ExitLabel),
            IBranchOperation { BranchKind: BranchKind.GoTo } or IReturnOperation or IThrowOperation => true,
            IInvocationOperation { TargetMethod: { Name: "Exit" or "FailFast", ContainingType.Name: "Environment" } or { Name: "Abort" or "ThrowIfCancellationRequested" } } => true,
            // Not the one that a call is given because nobody named one.
            { Type.Name: "CancellationToken" or "CancellationTokenSource", IsImplicit: false } and not IDefaultValueOperation => true,
            _ => false,
        });
    }

    // To say false is a decision, too.
    private static bool IsForeground(IObjectCreationOperation creation)
    {
        if (creation.Initializer?.Initializers.Any(setting => setting is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "IsBackground" } }) == true)
        {
            return false;
        }

        IOperation value = creation;
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        switch (value.Parent)
        {
            case IInvocationOperation { TargetMethod.Name: "Start" or "UnsafeStart" }:
                return true;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }:
                return References.Of(local, creation).All(IsOnlyRun);
            case IAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } }:
                return References.Of(local, creation).All(IsOnlyRun);
            case IFieldInitializerOperation { InitializedFields: { Length: 1 } fields }:
                return IsOnlyRunInField(fields[0]);
            case IAssignmentOperation { Target: IFieldReferenceOperation { Field: var field } }:
                return IsOnlyRunInField(field);
            default:
                return false;
        }
    }

    private static bool IsOnlyRun(IOperation thread) => thread.Parent switch
    {
        IInvocationOperation { TargetMethod.Name: "Interrupt" or "Abort" } => false,
        IInvocationOperation call => call.Instance == thread,
        IPropertyReferenceOperation { Property.Name: "IsBackground" } => false,
        IPropertyReferenceOperation => true,
        IAssignmentOperation { Target: IFieldReferenceOperation { Field: var field } } assignment => assignment.Value == thread && IsOnlyRunInField(field),
        IAssignmentOperation assignment => assignment.Target == thread,
        IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "Add" or "Enqueue" or "Push", ContainingType.ContainingNamespace.Name: "Generic" or "Concurrent" } } } => true,
        IConditionalAccessOperation or IBinaryOperation or IIsPatternOperation => true,
        _ => false,
    };

    // Private, and no part of the type says what kind of thread it is, or ends it by force.
    private static bool IsOnlyRunInField(IFieldSymbol field) =>
        field.DeclaredAccessibility == Accessibility.Private
        && !field.ContainingType.DeclaringSyntaxReferences.Any(part => part.GetSyntax().DescendantTokens().Any(token => token.ValueText is "IsBackground" or "Interrupt" or "Abort"));
}
