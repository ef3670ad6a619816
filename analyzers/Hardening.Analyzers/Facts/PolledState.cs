using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Conditions that only look: at what other threads change, and at the clock.</summary>
internal sealed class PolledState(IOperation loop)
{
    private static readonly ImmutableHashSet<string> Clocks = ImmutableHashSet.Create(StringComparer.Ordinal, "DateTime", "DateTimeOffset", "Stopwatch", "Environment", "TimeProvider", "TimeSpan");

    private bool _isInside;

    /// <summary>Something was read that another thread can change.</summary>
    public bool Polls { get; private set; }

    /// <summary>The clock or the count of spins was read: the loop ends by itself.</summary>
    public bool HasLimit { get; private set; }

    /// <summary>False when the expression does something, or what it does cannot be seen.</summary>
    public bool IsRead(IOperation expression, bool goesOnWhen)
    {
        expression = expression.Unwrap();
        if (expression.ConstantValue.HasValue)
        {
            return true;
        }

        switch (expression)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Operand: var operand }:
                return IsRead(operand, !goesOnWhen);
            case IUnaryOperation { OperatorMethod: null, Operand: var operand }:
                return IsRead(operand, goesOnWhen);
            case IBinaryOperation binary:
                var isFlipped = binary.OperatorKind == BinaryOperatorKind.Equals && binary.RightOperand.ConstantValue is { HasValue: true, Value: false }
                    || binary.OperatorKind == BinaryOperatorKind.NotEquals && binary.RightOperand.ConstantValue is { HasValue: true, Value: true };
                return IsRead(binary.LeftOperand, goesOnWhen != isFlipped) && IsRead(binary.RightOperand, goesOnWhen);
            case IIsPatternOperation { Value: var value, Pattern: var pattern }:
                return IsRead(value, goesOnWhen != (pattern is IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: false } }));
            case IConditionalAccessOperation { Operation: var target, WhenNotNull: var member }:
                return IsRead(target, goesOnWhen) && IsRead(member, goesOnWhen);
            case IIsTypeOperation or ICoalesceOperation or IConditionalOperation { Type: not null }:
                return expression.ChildOperations.All(child => IsRead(child, goesOnWhen));
            case IInstanceReferenceOperation or IConditionalAccessInstanceOperation or ITypeOfOperation or IDefaultValueOperation:
                return true;
            case IParameterReferenceOperation { Parameter: var parameter }:
                Polls |= parameter.RefKind is RefKind.Ref or RefKind.In || _isInside;
                return true;
            case ILocalReferenceOperation { Local: var local }:
                Polls |= IsShared(local);
                return true;
            case IFieldReferenceOperation { Field: var field, Instance: var owner }:
                Polls |= !field.IsReadOnly;
                return owner is null || IsRead(owner, goesOnWhen);
            case IArrayElementReferenceOperation { ArrayReference: var array, Indices: var indices }:
                Polls = true;
                return IsRead(array, goesOnWhen) && indices.All(index => IsRead(index, goesOnWhen));
            case IPropertyReferenceOperation property:
                return IsState(property) && (property.Instance is null || IsRead(property.Instance, goesOnWhen)) && property.Arguments.All(argument => IsRead(argument.Value, goesOnWhen));
            case IInvocationOperation call:
                return IsQuestion(call, goesOnWhen);
            default:
                return false;
        }
    }

    private bool IsState(IPropertyReferenceOperation reference)
    {
        var property = reference.Property;
        var type = property.ContainingType;
        if (Clocks.Contains(type.Name) || type is { Name: "SpinWait" })
        {
            HasLimit = true;
            return true;
        }

        if (type.SpecialType is SpecialType.System_String or SpecialType.System_Nullable_T || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            return true;
        }

        if (!property.DeclaringSyntaxReferences.IsEmpty)
        {
            Polls = true;
            return Getter(property, reference) is not { } getter || IsReadInside(getter);
        }

        return Polls = IsOfThreads(type.ContainingNamespace)
            || type.SpecialType == SpecialType.System_Array
            || (type.Name, property.Name) is ("Process", "HasExited") or ("IAsyncResult", "IsCompleted") or ("BackgroundWorker", "IsBusy") or ("Lazy", "IsValueCreated");
    }

    private bool IsQuestion(IInvocationOperation call, bool goesOnWhen)
    {
        var method = call.TargetMethod;
        switch (method.ContainingType.Name, method.Name)
        {
            case ("Volatile" or "Interlocked", "Read"):
                Polls = true;
                return true;
            // A lock of one's own: 0 becomes 1 when another thread has left it. With computed values it is work, tried again.
            case ("Interlocked", "CompareExchange" or "Exchange"):
                Polls = true;
                return call.Arguments.All(argument => argument.Parameter?.RefKind == RefKind.Ref || argument.Value.ConstantValue.HasValue);
            case ("Enumerable", "All" or "Any" or "Count" or "Contains"):
                Polls = true;
                return call.Arguments.All(argument => argument.Value.Unwrap() is IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda }
                    ? Result(lambda.Body) is { } result && IsReadInside(result)
                    : IsRead(argument.Value, goesOnWhen));
            case ("String", "IsNullOrEmpty" or "IsNullOrWhiteSpace" or "Equals") or (_, "ReferenceEquals" or "Equals" or "HasFlag"):
                return (call.Instance is null || IsRead(call.Instance, goesOnWhen)) && call.Arguments.All(argument => IsRead(argument.Value, goesOnWhen));
            case (var type, _) when Clocks.Contains(type):
                HasLimit = true;
                return true;
        }

        if (IsOfThreads(method.ContainingNamespace))
        {
            Polls = true;
            return method.Name is "Contains" or "ContainsKey" || !goesOnWhen && IsAttempt(method.Name) && call.Arguments.All(TakesNoTime);
        }

        return method.Parameters.IsEmpty && !_isInside && Body(method, call) is { } body && Result(body) is { } answer && IsReadInside(answer);
    }

    private static bool IsAttempt(string name) => name.StartsWith("Try", StringComparison.Ordinal) || name is "Wait" or "WaitOne" or "Join";

    // TryTake(out item) gives up at once; TryTake(out item, 100) waits.
    private static bool TakesNoTime(IArgumentOperation argument) =>
        argument.Parameter is not { Type: { SpecialType: SpecialType.System_Int32 } or { Name: "TimeSpan" or "CancellationToken" }, Name: var name }
        || name.IndexOf("time", StringComparison.OrdinalIgnoreCase) < 0 && name.IndexOf("token", StringComparison.OrdinalIgnoreCase) < 0
        || argument.Value.Unwrap() is { ConstantValue: { HasValue: true, Value: 0 } } or IFieldReferenceOperation { Field: { Name: "Zero" } };

    private bool IsReadInside(IOperation expression)
    {
        if (_isInside)
        {
            return true;
        }

        _isInside = true;
        var isRead = IsRead(expression, goesOnWhen: true);
        _isInside = false;
        return isRead;
    }

    // Written by a lambda or a local function, which another thread may run.
    private bool IsShared(ILocalSymbol local) =>
        References.Of(local, loop).Any(reference => reference.Function() != loop.Function()
            && reference.Parent is IAssignmentOperation or IIncrementOrDecrementOperation or IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out });

    // Threads, tasks and their collections: System.Threading…, System.Collections….
    private static bool IsOfThreads(INamespaceSymbol? space)
    {
        for (; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            if (space is { Name: "Threading" or "Collections", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
            {
                return true;
            }
        }

        return false;
    }

    private static IOperation? Getter(IPropertySymbol property, IOperation use) =>
        use.SemanticModel is { } model && property.DeclaringSyntaxReferences.FirstOrDefault(reference => reference.SyntaxTree == model.SyntaxTree)?.GetSyntax() is PropertyDeclarationSyntax declaration
            ? (declaration.ExpressionBody ?? declaration.AccessorList?.Accessors.FirstOrDefault(accessor => accessor.Keyword.ValueText == "get")?.ExpressionBody) is { Expression: var expression }
                ? model.GetOperation(expression)
                : null
            : null;

    private static IOperation? Body(IMethodSymbol method, IOperation use) =>
        use.SemanticModel is { } model && method.DeclaringSyntaxReferences.FirstOrDefault(reference => reference.SyntaxTree == model.SyntaxTree) is { } declaration
            ? model.GetOperation(declaration.GetSyntax()) switch
            {
                IMethodBodyOperation body => body.BlockBody ?? body.ExpressionBody,
                ILocalFunctionOperation local => local.Body,
                _ => null,
            }
            : null;

    private static IOperation? Result(IOperation body) =>
        body is IBlockOperation { Operations: { Length: 1 } operations } && operations[0] is IReturnOperation { ReturnedValue: { } value } ? value : null;
}
