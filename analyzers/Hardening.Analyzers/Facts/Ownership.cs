using System.Collections.Concurrent;

namespace Hardening.Analyzers.Facts;

/// <summary>What a method does with a value that someone has to end.</summary>
internal enum Fate
{
    /// <summary>No variable ever holds it, so nobody can end it.</summary>
    Dropped,

    /// <summary>A local holds it, every use can be seen, and none ends it.</summary>
    Kept,

    /// <summary>Some path ends it (<c>using</c>, Dispose, Close), here or in a method that it is passed to.</summary>
    Ended,

    /// <summary>It is returned, stored, or passed to code that may take it over.</summary>
    Escaped,
}

/// <summary>
/// Who ends an object: follows a new value through the expressions, the locals, the local collections and the lambdas of its method,
/// and through the methods of the compilation that it is passed to. A value that leaves them has escaped, and a rule that says "never ended" is then silent.
/// </summary>
/// <param name="owns">The types whose values are followed; sequences, tuples and tasks of them are followed too.</param>
/// <param name="borrows">Methods that use an argument (or an operand) and leave it to the caller to end it.</param>
/// <param name="graph">The methods of the compilation; null where the rule stays within one method.</param>
internal sealed class Ownership(Func<ITypeSymbol, bool> owns, Func<IMethodSymbol, bool> borrows, CallGraph? graph = null)
{
    [ThreadStatic]
    private static HashSet<ISymbol>? s_open;

    private readonly ConcurrentDictionary<ISymbol, Holding> _members = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, bool> _makers = new(SymbolEqualityComparer.Default);

    public Func<ITypeSymbol, bool> Owns { get; } = owns;

    public Func<IMethodSymbol, bool> Borrows { get; } = borrows;

    public CallGraph? Graph { get; } = graph;

    public Holding Follow(IOperation created)
    {
        var follower = new ValueFollower(this, created);
        if (created is IInvocationOperation call && OutOf(call) is { } argument)
        {
            follower.Give(argument.Value);
        }
        else
        {
            follower.Value(created);
        }

        return follower.ToHolding();
    }

    /// <summary>The argument by which a method gives a value away that it does not return: <c>TryStart(out var process)</c>.</summary>
    public IArgumentOperation? OutOf(IInvocationOperation call)
    {
        // Asked at every call: nearly none has such a parameter.
        if (call.Type is not { SpecialType: SpecialType.System_Void or SpecialType.System_Boolean } || OutOf(call.TargetMethod) is not { } given)
        {
            return null;
        }

        return call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == given.Ordinal);
    }

    private IParameterSymbol? OutOf(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind == RefKind.Out && Owns(parameter.Type))
            {
                return parameter;
            }
        }

        return null;
    }

    /// <summary>
    /// What all parts of its type do with a field or a property, whoever gave it its value. It has escaped where other types can reach it.
    /// Needs a graph.
    /// </summary>
    public Holding FollowMember(ISymbol member) => _members.GetOrAdd(member.OriginalDefinition, FollowAll);

    /// <summary>
    /// The call runs a method of this compilation that makes the value, and gives it to its caller alone: <c>Process StartTool() => Process.Start("tool")</c>.
    /// Needs a graph.
    /// </summary>
    /// <param name="isCreation">What makes a value.</param>
    public bool IsMadeBy(IInvocationOperation call, Func<IOperation, bool> isCreation) =>
        Graph is not null
        && call.TargetMethod.ReturnType is { } type
        && (Owns(type) || OutOf(call) is not null || type is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments: { Length: 1 } results } && Owns(results[0]))
        && Graph.TargetOf(call) is { } method
        && Makes(method, isCreation);

    // A method that calls itself makes nothing by that.
    private bool Makes(IMethodSymbol method, Func<IOperation, bool> isCreation)
    {
        if (_makers.TryGetValue(method, out var makes))
        {
            return makes;
        }

        s_open ??= new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        if (!s_open.Add(method))
        {
            return false;
        }

        try
        {
            return _makers.GetOrAdd(method, Graph!.AnyBodyOf(method) is { } body && GivesAway(Given(method, body), isCreation));
        }
        finally
        {
            s_open.Remove(method);
        }
    }

    // Every value that it returns is a new one, which nobody else holds; or none.
    private bool GivesAway(IEnumerable<IOperation> values, Func<IOperation, bool> isCreation)
    {
        var given = false;
        foreach (var returned in values)
        {
            switch (returned)
            {
                case { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation or IThrowOperation:
                    break;
                case ILocalReferenceOperation { Local: var local }:
                    if (!LocalSources.Of(local, returned).All(source => IsNothing(source) || isCreation(source.Unwrap()) && IsForTheCallerAlone(source.Unwrap())))
                    {
                        return false;
                    }

                    given = true;
                    break;
                default:
                    if (!isCreation(returned) || !IsForTheCallerAlone(returned))
                    {
                        return false;
                    }

                    given = true;
                    break;
            }
        }

        return given;
    }

    private static bool IsNothing(IOperation source) => source.Unwrap() is { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation;

    private bool IsForTheCallerAlone(IOperation created)
    {
        var follower = new ValueFollower(this, created);
        follower.Value(created);
        return follower.IsReturned && !follower.HasEscaped && follower.StoredIn.Count == 0;
    }

    // What it returns, or gives to its out parameter.
    private IEnumerable<IOperation> Given(IMethodSymbol method, IOperation body) =>
        OutOf(method) is { } given && !Owns(method.ReturnType)
            ? References.Of(given, body).Select(MemberUses.WrittenBy).OfType<IOperation>().SelectMany(value => Arms(value.Unwrap()))
            : Returned(body);

    private static IEnumerable<IOperation> Returned(IOperation body)
    {
        foreach (var operation in Bodies.Operations(body))
        {
            if (operation is IReturnOperation { ReturnedValue: { } value })
            {
                foreach (var arm in Arms(value.Unwrap()))
                {
                    yield return arm;
                }
            }
        }
    }

    private static IEnumerable<IOperation> Arms(IOperation value) => value switch
    {
        IConditionalOperation { WhenFalse: { } otherwise } conditional => Arms(conditional.WhenTrue.Unwrap()).Concat(Arms(otherwise.Unwrap())),
        ICoalesceOperation coalesce => Arms(coalesce.Value.Unwrap()).Concat(Arms(coalesce.WhenNull.Unwrap())),
        _ => [value],
    };

    private Holding FollowAll(ISymbol member)
    {
        var all = new ValueFollower(this, member);
        if (member.DeclaredAccessibility != Accessibility.Private && !IsReadInItsTypeOnly(member))
        {
            all.Escape();
        }

        foreach (var use in MemberUses.InAllParts(member, Graph!))
        {
            if (!ValueFollower.IsTarget(use))
            {
                all.Add(use);
            }
        }

        return all.ToHolding();
    }

    // A protected or public member of a type that nobody can derive from or see is as good as private.
    private static bool IsReadInItsTypeOnly(ISymbol member) =>
        member.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedAndInternal && member.ContainingType.IsSealed;
}

/// <summary>What was found out about one value.</summary>
/// <param name="fate">What the method does with the value.</param>
/// <param name="follower">What has followed it.</param>
internal readonly struct Holding(Fate fate, ValueFollower follower)
{
    public Fate Fate { get; } = fate;

    /// <summary>Nobody ends it, and nobody else can.</summary>
    public bool IsLost => Fate is Fate.Dropped or Fate.Kept;

    /// <summary>Other code may hold the value too, whoever ends it.</summary>
    public bool HasEscaped => follower.HasEscaped || follower.IsReturned || follower.StoredIn.Count > 0;

    /// <summary>It leaves the methods that were followed by nothing but these members of the type: <see cref="Ownership.FollowMember"/> says what becomes of it.</summary>
    public bool IsOnlyStored => StoredIn.Count > 0 && !follower.HasEscaped && !follower.IsReturned;

    /// <summary>The method returns it: its caller is the owner.</summary>
    public bool IsReturned => follower.IsReturned;

    /// <summary>The locals and parameters that hold it, the first one first.</summary>
    public IReadOnlyList<ISymbol> Locals => follower.Locals;

    /// <summary>The expressions of the method itself whose value it is, where a member of it is used or where it is lent.</summary>
    public IReadOnlyList<IOperation> Uses => follower.Uses;

    /// <summary>The same, and the uses in the methods that it is passed to.</summary>
    public IEnumerable<HeldUse> AllUses => follower.AllUses;

    /// <summary>A method of the compilation gets it, and was followed.</summary>
    public bool IsPassedOn => follower.IsPassedOn;

    /// <summary>Where the method ends it, or passes it to a method that does.</summary>
    public IReadOnlyList<IOperation> Ends => follower.Ends;

    /// <summary>The fields and properties of the type that hold it, or a collection of it.</summary>
    public IReadOnlyList<ISymbol> StoredIn => follower.StoredIn;

    public ISymbol? Local => Locals.Count > 0 ? Locals[0] : null;
}

/// <param name="use">The expression whose value is used.</param>
/// <param name="here">The operation of the method itself that leads there: the use, or the argument of a call.</param>
internal readonly struct HeldUse(IOperation use, IOperation here)
{
    public IOperation Use { get; } = use;

    public IOperation Here { get; } = here;

    /// <summary>The call of a member, or the call that the value is an argument of.</summary>
    public IInvocationOperation? Call => Use.Parent switch
    {
        IInvocationOperation call when call.Instance == Use => call,
        IArgumentOperation { Parent: IInvocationOperation call } => call,
        _ => null,
    };

    /// <summary>The property that is read or written.</summary>
    public IPropertyReferenceOperation? Property => Use.Parent is IPropertyReferenceOperation property && property.Instance == Use ? property : null;
}
