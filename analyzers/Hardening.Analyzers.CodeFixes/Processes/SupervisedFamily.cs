using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>
/// The variables that one child goes through, and every child that goes through them: their type changes together or not at all.
/// Null where the child also goes where its type cannot change: to another method, a collection, a member that others see.
/// </summary>
internal sealed class SupervisedFamily
{
    private readonly SemanticModel _model;
    private readonly ProcessTypes _types;
    private readonly Queue<(ISymbol Variable, IOperation Use)> _variables = new();
    private bool _isClosed = true;

    private SupervisedFamily(SemanticModel model, ProcessTypes types) => (_model, _types) = (model, types);

    public HashSet<ISymbol> Variables { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Each <c>Process.Start</c> or <c>new Process</c>, and the variable that gets it.</summary>
    public Dictionary<SyntaxNode, (IOperation Operation, ISymbol Variable)> Creations { get; } = [];

    /// <summary>Every expression that has one of these variables, or what it gives, as its value.</summary>
    public List<IOperation> Uses { get; } = [];

    /// <summary>The field or property among them.</summary>
    public ISymbol? Member => Variables.FirstOrDefault(variable => variable is IFieldSymbol or IPropertySymbol);

    /// <summary>What is done with the value of each use: the call, the member, the event.</summary>
    public IEnumerable<IOperation> Users => Uses.SelectMany(UsersOf);

    /// <summary>Some code ends the child, or at least lets go of it.</summary>
    public bool IsEnded => Users.Any(user => user is IInvocationOperation { TargetMethod.Name: "Dispose" or "Close" or "Kill" } or IUsingOperation);

    public static SupervisedFamily? Of(IOperation created, SemanticModel model, ProcessTypes types)
    {
        var family = new SupervisedFamily(model, types);
        family.Flow(created);
        while (family._isClosed && family._variables.Count > 0)
        {
            var (variable, use) = family._variables.Dequeue();
            family.Read(variable, use);
        }

        return family._isClosed && family.Creations.Count > 0 && family.Variables.Count(variable => variable is not ILocalSymbol) < 2 ? family : null;
    }

    public IEnumerable<IInvocationOperation> Calls(string method) => Users.OfType<IInvocationOperation>().Where(call => call.TargetMethod.Name == method);

    private static IEnumerable<IOperation> UsersOf(IOperation use)
    {
        while (use.Parent is IConversionOperation or IParenthesizedOperation)
        {
            use = use.Parent;
        }

        return use.Parent switch
        {
            IConditionalAccessOperation access when access.Operation == use =>
                access.WhenNotNull.DescendantsAndSelf().OfType<IConditionalAccessInstanceOperation>().Take(1).Select(instance => instance.Parent!),
            null => [],
            { } user => [user],
        };
    }

    // The value of this expression goes on to…
    private void Flow(IOperation value)
    {
        switch (value.Parent)
        {
            case IConversionOperation { OperatorMethod: null } or IParenthesizedOperation or ICoalesceOperation:
                Flow(value.Parent);
                break;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } declarator }:
                Add(local, declarator);
                break;
            case IFieldInitializerOperation { InitializedFields: { Length: 1 } fields } initializer:
                Add(fields[0], initializer);
                break;
            case IAssignmentOperation assignment when assignment.Value == value && assignment is not ICompoundAssignmentOperation:
                Target(assignment);
                break;
            case IAssignmentOperation assignment when assignment.Target == value:
                From(assignment.Value);
                break;
            case IIsPatternOperation { Pattern: var pattern } when Declared(pattern) is { } declared:
                Add(declared, pattern);
                break;
            case IConditionalAccessOperation access when access.WhenNotNull == value:
                Flow(access);
                break;
            case IIsPatternOperation { Pattern: var pattern } when IsQuestion(pattern):
            case IMemberReferenceOperation or IExpressionStatementOperation or IInterpolationOperation or INameOfOperation or IUsingOperation or IConditionalAccessOperation:
            case IBinaryOperation { OperatorMethod: null } or IEventReferenceOperation:
            case IInvocationOperation call when call.Instance == value:
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref, Parent: IInvocationOperation { TargetMethod: { Name: "Exchange", ContainingType.Name: "Interlocked" } } exchange }:
                From(exchange.Arguments[1].Value);
                Uses.Add(exchange);
                Flow(exchange);
                break;
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "Exchange", ContainingType.Name: "Interlocked" } } }:
                break;
            default:
                _isClosed = false;
                break;
        }
    }

    private void Target(IAssignmentOperation assignment)
    {
        switch (assignment.Target)
        {
            case ILocalReferenceOperation { Local: var local }:
                Add(local, assignment);
                break;
            case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation } member:
                Add(member.Member, assignment);
                break;
            case IDiscardOperation:
                break;
            default:
                _isClosed = false;
                break;
        }

        if (assignment.Parent is not IExpressionStatementOperation)
        {
            Flow(assignment);
        }
    }

    // What a variable of the family is given.
    private void From(IOperation value)
    {
        value = value.Unwrap();
        switch (value)
        {
            case { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation:
                break;
            case ICoalesceOperation { WhenNull: var other } coalesce:
                From(coalesce.Value);
                if (other.Unwrap() is not IThrowOperation)
                {
                    From(other);
                }

                break;
            case ILocalReferenceOperation { Local: var local }:
                Add(local, value);
                break;
            case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation } member:
                Add(member.Member, value);
                break;
            case IInvocationOperation { TargetMethod: { Name: "Exchange", ContainingType.Name: "Interlocked" } }:
                break;
            default:
                _isClosed &= _types.IsStart(value);
                break;
        }
    }

    private void Add(ISymbol variable, IOperation use)
    {
        if (Variables.Add(variable))
        {
            _variables.Enqueue((variable, use));
        }
    }

    private void Read(ISymbol variable, IOperation use)
    {
        if (variable is not ILocalSymbol)
        {
            _isClosed &= MemberUses.AreAllIn(_model.SyntaxTree, variable) && variable is IFieldSymbol or IPropertySymbol { IsOverride: false };
        }

        IEnumerable<IOperation> uses = variable is ILocalSymbol ? References.Of(variable, use) : MemberUses.Of(variable, _model);
        foreach (var each in uses.ToList())
        {
            Uses.Add(each);
            Flow(each);
        }

        var initial = variable is ILocalSymbol
            ? use.Root().Descendants().OfType<IVariableDeclaratorOperation>().FirstOrDefault(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, variable))?.GetVariableInitializer()?.Value
            : MemberUses.Initial(variable, _model);
        foreach (var value in uses.Select(MemberUses.WrittenBy).Append(initial))
        {
            if (value is not null)
            {
                From(value);
                foreach (var created in value.DescendantsAndSelf().Where(_types.IsStart))
                {
                    Creations[created.Syntax] = (created, variable);
                }
            }
        }
    }

    // p is { } q, p is { HasExited: false } q, p is not { } q: no type is named, so none has to change.
    private static ILocalSymbol? Declared(IPatternOperation pattern) => pattern switch
    {
        INegatedPatternOperation negated => Declared(negated.Pattern),
        IRecursivePatternOperation { Syntax: RecursivePatternSyntax { Type: null }, DeclaredSymbol: ILocalSymbol local } => local,
        _ => null,
    };

    private static bool IsQuestion(IPatternOperation pattern) => pattern switch
    {
        INegatedPatternOperation negated => IsQuestion(negated.Pattern),
        IBinaryPatternOperation both => IsQuestion(both.LeftPattern) && IsQuestion(both.RightPattern),
        IRecursivePatternOperation { Syntax: RecursivePatternSyntax { Type: null }, DeclaredSymbol: null } or IConstantPatternOperation => true,
        _ => false,
    };
}
