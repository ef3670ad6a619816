namespace Hardening.Analyzers.Facts;

/// <summary>Follows one value through the expressions, locals and lambdas of its method; see <see cref="Ownership"/>.</summary>
internal sealed class ValueFollower(Func<ITypeSymbol, bool> owns, Func<IMethodSymbol, bool> borrows, IOperation created)
{
    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);

    public List<ISymbol> Locals { get; } = [];

    public List<IOperation> Uses { get; } = [];

    public List<IOperation> Ends { get; } = [];

    public bool HasEscaped { get; private set; }

    /// <summary>Where does this expression's value go?</summary>
    public void Value(IOperation value)
    {
        switch (value.Parent)
        {
            case IConversionOperation { OperatorMethod: null } or IParenthesizedOperation or ICoalesceOperation or ISwitchExpressionOperation:
            case IConditionalOperation { Type: not null } conditional when conditional.Condition != value:
                Value(value.Parent);
                break;
            case ISwitchExpressionArmOperation { Parent: { } switched } arm when arm.Value == value:
                Value(switched);
                break;
            case IConversionOperation { OperatorMethod: { } method }:
                Lend(value, method);
                break;
            case IBinaryOperation { OperatorMethod: { } method } binary when !IsNullTest(binary):
                Lend(value, method);
                break;
            case IUnaryOperation { OperatorMethod: { } method }:
                Lend(value, method);
                break;
            case IExpressionStatementOperation or IBinaryOperation or IIsTypeOperation or IInterpolationOperation or INameOfOperation or IDiscardOperation:
                break;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                Declare(declarator);
                break;
            case IUsingOperation:
                Ends.Add(value);
                break;
            case IIsPatternOperation test:
                Pattern(test.Pattern);
                break;
            case ICompoundAssignmentOperation { OperatorMethod: { } method } compound when compound.Value == value:
                Lend(value, method);
                break;
            case IAssignmentOperation assignment when assignment.Value == value:
                Assign(assignment);
                break;
            case IConditionalAccessOperation access when access.WhenNotNull == value:
                Value(access);
                break;
            case IConditionalAccessOperation access when ConditionalInstance(access) is { } instance:
                Value(instance);
                break;
            case IInvocationOperation call when call.Instance == value:
                Call(value, call);
                break;
            case IMethodReferenceOperation { Method: { } method }:
                Use(value);
                EndBy(method, value);
                break;
            case IPropertyReferenceOperation property when property.Instance == value:
                Member(value, property);
                break;
            case IArrayElementReferenceOperation element when element.ArrayReference == value:
                Member(value, element);
                break;
            case IEventReferenceOperation { Parent: IEventAssignmentOperation subscription } source:
                Use(value);
                Subscribe(source, subscription);
                break;
            case IMemberReferenceOperation member when member.Instance == value:
                Use(value);
                break;
            case IForEachLoopOperation { LoopControlVariable: IVariableDeclaratorOperation each } loop when loop.Collection == value:
                Hold(each.Symbol);
                break;
            case IArgumentOperation argument:
                Pass(value, argument);
                break;
            case IArrayInitializerOperation { Parent.Parent: IArgumentOperation { Parent: IInvocationOperation call } } when borrows(call.TargetMethod):
                Use(value);
                break;
            default:
                HasEscaped = true;
                break;
        }
    }

    private bool IsSequence(IOperation value) => value.Type is { } type && !owns(type) && Carries(type);

    private void Use(IOperation value) => Uses.Add(value);

    private void Lend(IOperation value, IMethodSymbol method)
    {
        if (borrows(method))
        {
            Use(value);
        }
        else
        {
            HasEscaped = true;
        }
    }

    private void Hold(ISymbol symbol)
    {
        if (!_seen.Add(symbol))
        {
            return;
        }

        Locals.Add(symbol);
        foreach (var reference in References.Of(symbol, created))
        {
            if (reference.Parent is not IAssignmentOperation { Target: var target } || target != reference)
            {
                Value(reference);
            }
        }
    }

    private void Declare(IVariableDeclaratorOperation declarator)
    {
        if (declarator.Parent is IVariableDeclarationOperation { Parent: IVariableDeclarationGroupOperation { Parent: IUsingDeclarationOperation or IUsingOperation } })
        {
            Ends.Add(declarator);
        }

        Hold(declarator.Symbol);
    }

    private void Assign(IAssignmentOperation assignment)
    {
        switch (assignment.Target)
        {
            case IDiscardOperation:
                break;
            case ILocalReferenceOperation { Local.RefKind: RefKind.None } local:
                Hold(local.Local);
                break;
            default:
                HasEscaped = true;
                break;
        }

        if (assignment.Parent is not IExpressionStatementOperation)
        {
            Value(assignment);
        }
    }

    private void Pattern(IPatternOperation pattern)
    {
        switch (pattern)
        {
            case INegatedPatternOperation negated:
                Pattern(negated.Pattern);
                break;
            case IBinaryPatternOperation both:
                Pattern(both.LeftPattern);
                Pattern(both.RightPattern);
                break;
            case IDeclarationPatternOperation { DeclaredSymbol: { } symbol }:
                Hold(symbol);
                break;
            case IRecursivePatternOperation { DeclaredSymbol: { } symbol }:
                Hold(symbol);
                break;
        }
    }

    private void Call(IOperation value, IInvocationOperation call)
    {
        Use(value);
        if (!IsSequence(value))
        {
            EndBy(call.TargetMethod, value);
        }
        else
        {
            Delegates(call);
            if (Carries(call.Type))
            {
                Value(call);
            }
        }
    }

    private void Member(IOperation value, IOperation result)
    {
        Use(value);
        if (IsSequence(value) && Carries(result.Type))
        {
            Value(result);
        }
    }

    // The sender of an event is the object itself; a handler that we cannot read may end it. Handlers that get data of their own only take the data.
    private void Subscribe(IEventReferenceOperation source, IEventAssignmentOperation subscription)
    {
        if (subscription.HandlerValue.Unwrap() is IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda })
        {
            if (lambda.Symbol.Parameters.FirstOrDefault() is { } sender)
            {
                foreach (var reference in References.Of(sender, created))
                {
                    Value(reference);
                }
            }
        }
        else if (source.Event.Type is { Name: "EventHandler" } and INamedTypeSymbol { IsGenericType: false })
        {
            HasEscaped = true;
        }
    }

    private void Pass(IOperation value, IArgumentOperation argument)
    {
        if (argument.Parameter is null or { RefKind: RefKind.Ref or RefKind.Out })
        {
            HasEscaped = true;
        }
        else if (argument.Parent is IInvocationOperation { TargetMethod.ContainingType: { Name: "Enumerable", ContainingNamespace.Name: "Linq" } } query && IsSequence(value))
        {
            Use(value);
            Delegates(query);
            if (Carries(query.Type) && !owns(query.Type!))
            {
                Value(query);
            }
        }
        else if (Callee(argument) is { } method && (borrows(method) || IsLookedAt(method)))
        {
            Use(value);
        }
        else
        {
            HasEscaped = true;
        }
    }

    // A query hands its elements to its lambdas; any other delegate is code that we cannot see.
    private void Delegates(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Value.Unwrap() is IDelegateCreationOperation delegated)
            {
                if (delegated.Target is not IAnonymousFunctionOperation lambda)
                {
                    HasEscaped = true;
                    continue;
                }

                foreach (var reference in lambda.Symbol.Parameters.Where(p => owns(p.Type)).SelectMany(p => References.Of(p, created)))
                {
                    Value(reference);
                }
            }
        }
    }

    private bool Carries(ITypeSymbol? type) => type switch
    {
        null => false,
        IArrayTypeSymbol array => owns(array.ElementType),
        INamedTypeSymbol named => owns(named) || named.TypeArguments.Any(owns),
        _ => false,
    };

    private static IMethodSymbol? Callee(IArgumentOperation argument) => argument.Parent switch
    {
        IInvocationOperation call => call.TargetMethod,
        IObjectCreationOperation creation => creation.Constructor,
        IPropertyReferenceOperation indexer => indexer.Property.GetMethod ?? indexer.Property.SetMethod,
        _ => null,
    };

    // ArgumentNullException.ThrowIfNull, GC.KeepAlive, object.ReferenceEquals.
    private static bool IsLookedAt(IMethodSymbol method) =>
        method is { IsStatic: true, Name: "ThrowIfNull" or "KeepAlive" or "ReferenceEquals", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static bool IsNullTest(IBinaryOperation binary) =>
        binary.LeftOperand.Unwrap().ConstantValue is { HasValue: true, Value: null } || binary.RightOperand.Unwrap().ConstantValue is { HasValue: true, Value: null };

    private void EndBy(IMethodSymbol method, IOperation value)
    {
        if (method is { Parameters.Length: 0, Name: "Dispose" or "DisposeAsync" or "Close" or "Release" })
        {
            Ends.Add(value);
        }
    }

    private static IOperation? ConditionalInstance(IConditionalAccessOperation access) =>
        access.WhenNotNull.DescendantsAndSelf().FirstOrDefault(operation => operation is IConditionalAccessInstanceOperation);
}
