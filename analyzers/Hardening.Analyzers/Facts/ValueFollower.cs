using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Follows one value through the expressions, locals and lambdas of its method; see <see cref="Ownership"/>.</summary>
internal sealed partial class ValueFollower
{
    // Helpers of helpers.
    private const int MostCalls = 4;

    private readonly Ownership _ownership;
    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly HashSet<IOperation> _followed = [];
    private readonly List<(IOperation Here, ValueFollower There)> _elsewhere = [];
    private readonly ValueFollower? _caller;
    private readonly ISymbol? _origin;
    private IOperation? _body;

    public ValueFollower(Ownership ownership, IOperation created)
    {
        _ownership = ownership;
        _body = created;
    }

    /// <summary>For a member, whose uses are added one by one.</summary>
    public ValueFollower(Ownership ownership, ISymbol member)
    {
        _ownership = ownership;
        _origin = member;
    }

    private ValueFollower(ValueFollower caller, ISymbol parameter, IOperation body)
    {
        _ownership = caller._ownership;
        _caller = caller;
        _origin = parameter;
        _body = body;
    }

    public List<ISymbol> Locals { get; } = [];

    public List<IOperation> Uses { get; } = [];

    public List<IOperation> Ends { get; } = [];

    public List<ISymbol> StoredIn { get; } = [];

    public bool HasEscaped { get; private set; }

    public bool IsReturned { get; private set; }

    /// <summary>A method of the compilation gets it that may do more than look at it, and was followed.</summary>
    public bool IsPassedOn { get; private set; }

    public IEnumerable<HeldUse> AllUses =>
        Uses.Select(use => new HeldUse(use, use)).Concat(_elsewhere.SelectMany(helper => helper.There.AllUses.Select(use => new HeldUse(use.Use, helper.Here))));

    public Holding ToHolding() =>
        new(Ends.Count > 0 ? Fate.Ended : HasEscaped || IsReturned || StoredIn.Count > 0 ? Fate.Escaped : Locals.Count > 0 ? Fate.Kept : Fate.Dropped, this);

    public void Escape() => HasEscaped = true;

    /// <summary>Follows a further expression with the value, in whatever method it stands.</summary>
    public void Add(IOperation value)
    {
        _body = value;
        Value(value);
    }

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
            case IFieldInitializerOperation { InitializedFields: { Length: 1 } fields }:
                Store(fields[0]);
                break;
            case IPropertyInitializerOperation { InitializedProperties: { Length: 1 } properties }:
                Store(properties[0]);
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
            case ITupleOperation tuple:
                Element(value, tuple);
                break;
            case IAwaitOperation awaited:
                Await(value, awaited);
                break;
            case IReturnOperation { Kind: OperationKind.Return } returned:
                Return(returned);
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
            case IFieldReferenceOperation field when field.Instance == value && IsSequence(value):
                Member(value, field);
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
            case IForEachLoopOperation loop when loop.Collection == value:
                Walk(loop);
                break;
            case IArgumentOperation argument:
                Pass(value, argument);
                break;
            case IArrayInitializerOperation { Parent.Parent: IArgumentOperation { Parent: IInvocationOperation call } } when _ownership.Borrows(call.TargetMethod):
                Use(value);
                break;
            case IArrayInitializerOperation { Parent: IArrayCreationOperation { Parent: not IArgumentOperation } array }:
                Value(array);
                break;
            case { Syntax: CollectionExpressionSyntax } elements:
                Value(elements);
                break;
            default:
                HasEscaped = true;
                break;
        }
    }

    private bool IsSequence(IOperation value) => value.Type is { } type && !_ownership.Owns(type) && Carries(type);

    private void Use(IOperation value) => Uses.Add(value);

    private void Lend(IOperation value, IMethodSymbol method)
    {
        if (_ownership.Borrows(method))
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
        FollowAll(symbol);
    }

    private void FollowAll(ISymbol symbol)
    {
        foreach (var reference in References.Of(symbol, _body!))
        {
            if (!IsTarget(reference))
            {
                Value(reference);
            }
        }
    }

    private void Await(IOperation value, IAwaitOperation awaited)
    {
        if (awaited.Type is { } type && Carries(type))
        {
            Value(awaited);
        }
        else
        {
            Use(value);
        }
    }

    // Out of a lambda it goes to whoever runs it: a task's result, the element of a query.
    private void Return(IReturnOperation returned)
    {
        if (returned.Function() is not IAnonymousFunctionOperation lambda)
        {
            IsReturned = true;
        }
        else if (lambda.Parent is IDelegateCreationOperation { Parent: IArgumentOperation { Parent: IInvocationOperation call } }
            && call.Type is { } type && !_ownership.Owns(type) && Carries(type))
        {
            if (_followed.Add(call))
            {
                Value(call);
            }
        }
        else
        {
            HasEscaped = true;
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

    private static bool IsNullTest(IBinaryOperation binary) =>
        binary.LeftOperand.Unwrap().ConstantValue is { HasValue: true, Value: null } || binary.RightOperand.Unwrap().ConstantValue is { HasValue: true, Value: null };

    private static IOperation? ConditionalInstance(IConditionalAccessOperation access) =>
        access.WhenNotNull.DescendantsAndSelf().FirstOrDefault(operation => operation is IConditionalAccessInstanceOperation);
}
