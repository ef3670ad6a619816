using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>The question before a lock whether something must still be made: <c>if (_x == null) lock (…)</c> or <c>if (_x != null) return _x; lock (…)</c>.</summary>
internal sealed class FirstCheck(IConditionalOperation question, IOperation asked, IMemberReferenceOperation member, bool isFlag, bool isEarlyReturn)
{
    public IConditionalOperation Question { get; } = question;

    /// <summary>The part of the condition that asks.</summary>
    public IOperation Asked { get; } = asked;

    /// <summary>What is asked for: a field or property, also where a local has a copy of it.</summary>
    public IMemberReferenceOperation Member { get; } = member;

    /// <summary>It is not the object itself that is asked for, but a flag that says that all is there.</summary>
    public bool IsFlag { get; } = isFlag;

    public bool IsEarlyReturn { get; } = isEarlyReturn;

    public static FirstCheck? Of(IOperation scope)
    {
        IOperation statement = scope;
        for (var outer = scope.Parent; outer is IBlockOperation { Operations: var statements }; (statement, outer) = (outer, outer.Parent))
        {
            foreach (var before in statements.TakeWhile(other => other != statement).OfType<IConditionalOperation>().Reverse())
            {
                if (before.WhenFalse is null && Returns(before.WhenTrue) && Ask(before.Condition, isThere: true) is var (asked, member, isFlag))
                {
                    return new FirstCheck(before, asked, member, isFlag, isEarlyReturn: true);
                }
            }
        }

        return statement.Parent is IConditionalOperation question && question.WhenTrue == statement && Conjuncts(question.Condition)
            .Select(conjunct => Ask(conjunct, isThere: false)).FirstOrDefault(found => found is not null) is var (part, of, flag)
            ? new FirstCheck(question, part, of, flag, isEarlyReturn: false)
            : null;
    }

    public bool IsMember(IOperation? operation) => operation is IMemberReferenceOperation other && LockRegions.AreSame(other, Member);

    private static bool Returns(IOperation body) => body switch
    {
        IReturnOperation => true,
        IBlockOperation { Operations: { Length: > 0 } statements } => statements[statements.Length - 1] is IReturnOperation,
        _ => false,
    };

    private static IEnumerable<IOperation> Conjuncts(IOperation condition) => condition.Unwrap() is IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both
        ? Conjuncts(both.LeftOperand).Concat(Conjuncts(both.RightOperand))
        : [condition.Unwrap()];

    private static (IOperation Asked, IMemberReferenceOperation Member, bool IsFlag)? Ask(IOperation condition, bool isThere)
    {
        condition = condition.Unwrap();
        var (value, saysThere) = condition switch
        {
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } compared =>
                (IsNull(compared.RightOperand) ? compared.LeftOperand : IsNull(compared.LeftOperand) ? compared.RightOperand : null, compared.OperatorKind == BinaryOperatorKind.NotEquals),
            IIsPatternOperation { Pattern: IConstantPatternOperation { Value: var constant } } pattern when IsNull(constant) => (pattern.Value, false),
            IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation { Value: var constant } } } pattern when IsNull(constant) => (pattern.Value, true),
            _ => (null, false),
        };
        if (value is not null)
        {
            return saysThere == isThere && MemberOf(value) is { } named ? (condition, named, false) : null;
        }

        var isNegated = condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not };
        var flag = isNegated ? ((IUnaryOperation)condition).Operand : condition;
        return flag.Type?.SpecialType == SpecialType.System_Boolean && isNegated != isThere && MemberOf(flag) is { } set ? (condition, set, true) : null;
    }

    private static bool IsNull(IOperation operation) => operation.Unwrap().ConstantValue is { HasValue: true, Value: null };

    // _x, Volatile.Read(ref _x), or a local that begins with one of these
    private static IMemberReferenceOperation? MemberOf(IOperation value) => value.Unwrap() switch
    {
        IFieldReferenceOperation { Field: { IsReadOnly: false, IsConst: false } of } field => IsOfOneThread(of) ? null : field,
        IPropertyReferenceOperation { Arguments.IsEmpty: true, Instance: null or IInstanceReferenceOperation } property => property,
        IInvocationOperation { TargetMethod: { Name: "Read", ContainingType.Name: "Volatile" }, Arguments: { Length: 1 } arguments } => MemberOf(arguments[0].Value),
        ILocalReferenceOperation { Local: var local } reference when Initializers.Of(local, reference)?.Unwrap() is { } initial and not ILocalReferenceOperation => MemberOf(initial),
        _ => null,
    };

    private static bool IsOfOneThread(IFieldSymbol field) => field.IsStatic && field.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "ThreadStaticAttribute");
}
