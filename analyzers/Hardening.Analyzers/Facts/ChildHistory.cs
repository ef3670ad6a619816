namespace Hardening.Analyzers.Facts;

/// <summary>The child that an expression means, where it came from, and all that is known to be done with it.</summary>
internal sealed class ChildHistory
{
    private readonly ProcessTypes _types;
    private readonly List<ChildUse> _uses = [];

    private ChildHistory(IOperation process, ProcessTypes types)
    {
        _types = types;
        Process = process;
    }

    /// <summary>The expression itself: a conditional access is seen through.</summary>
    public IOperation Process { get; }

    /// <summary>What makes it, if that can be seen.</summary>
    public IOperation? Creation { get; private set; }

    public IReadOnlyList<ChildUse> Uses => _uses;

    /// <summary>Other code may do something with it too.</summary>
    public bool HasEscaped { get; private set; }

    public bool IsReturned { get; private set; }

    /// <summary>It was found, not started: nobody here has to end it.</summary>
    public bool IsForeign { get; private set; }

    /// <summary>The parameter that brings it; its owner is the caller.</summary>
    public IParameterSymbol? Parameter { get; private set; }

    /// <summary>The fields and properties that hold it.</summary>
    public List<ISymbol> Members { get; } = [];

    public string Name => Process is IInvocationOperation or IObjectCreationOperation or IInstanceReferenceOperation ? "the child" : $"'{Names.Of(Process.Syntax)}'";

    public static ChildHistory Of(IOperation process, ProcessTypes types)
    {
        var history = new ChildHistory(Named(process).Unwrap(), types);
        history.Read(history.Process, depth: 0);
        foreach (var member in history.Members.ToList())
        {
            var holding = types.Ownership.FollowMember(member);
            history.HasEscaped |= holding.HasEscaped && !holding.IsOnlyStored;
            history.Add(holding);
        }

        return history;
    }

    /// <summary>What is done with it earlier in the same function, on a path that leads to the operation.</summary>
    public IEnumerable<ChildUse> Before(IOperation operation) => _uses.Where(use => use.At.Syntax != operation.Syntax && StatementOrder.MayPrecede(use.Here, operation));

    public IEnumerable<ChildUse> After(IOperation operation) => _uses.Where(use => use.At.Syntax != operation.Syntax && StatementOrder.MayPrecede(operation, use.Here));

    /// <summary>Someone ends it by its number: a <c>kill</c> child, a function of the system.</summary>
    public bool IsEndedByNumber =>
        Process is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation
        && Process.Root().Descendants().Any(operation => operation is IPropertyReferenceOperation { Property.Name: "Id" or "Handle" or "SafeHandle", Instance: { } owner } number
            && LockRegions.AreSame(Named(owner), Process)
            && IsOfKill(number));

    private static bool IsOfKill(IOperation number)
    {
        for (var outer = number.Parent; outer is not (null or IBlockOperation); outer = outer.Parent)
        {
            if (outer is IInvocationOperation { TargetMethod.Name: var name } call
                && (IsEnd(name) || call.Arguments.Any(argument => argument.Syntax.ToString().IndexOf("kill", StringComparison.OrdinalIgnoreCase) >= 0)))
            {
                return true;
            }
        }

        return false;
    }

    public static bool IsEnd(string name) =>
        name.IndexOf("Kill", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("Terminate", StringComparison.Ordinal) >= 0 || name.IndexOf("Signal", StringComparison.Ordinal) >= 0;

    /// <summary>The expression that a conditional access asks: <c>p</c> in <c>p?.Kill()</c>.</summary>
    public static IOperation Named(IOperation instance) =>
        instance is IConditionalAccessInstanceOperation ? ForeignDelegates.Accessed(instance).Unwrap() : instance;

    private void Read(IOperation process, int depth)
    {
        switch (process)
        {
            case ILocalReferenceOperation { Local: var local }:
                Follow(local, process);
                foreach (var source in LocalSources.Of(local, process))
                {
                    ReadSource(source.Unwrap(), depth);
                }

                break;
            case IParameterReferenceOperation { Parameter: var parameter }:
                Parameter = parameter;
                Follow(parameter, process);
                break;
            case IFieldReferenceOperation { Field: var field, Instance: null or IInstanceReferenceOperation }:
                Keep(field);
                break;
            case IPropertyReferenceOperation { Property: { IsIndexer: false } property, Instance: null or IInstanceReferenceOperation }:
                Keep(property);
                break;
            case IMemberReferenceOperation or IArrayElementReferenceOperation or IInstanceReferenceOperation:
                HasEscaped = true;
                FollowSame(process);
                break;
            default:
                ReadSource(process, depth);
                break;
        }
    }

    private void ReadSource(IOperation source, int depth)
    {
        switch (source)
        {
            case ICoalesceOperation coalesce:
                ReadSource(coalesce.Value.Unwrap(), depth);
                break;
            case IAwaitOperation { Operation: var task }:
                ReadSource(task.Unwrap(), depth);
                break;
            case ILocalReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation or IParameterReferenceOperation when depth < 3 && _types.IsProcess(source.Type):
                Read(source, depth + 1);
                break;
            case IInvocationOperation { TargetMethod: { IsStatic: true, Name: "Exchange" or "CompareExchange", ContainingType.Name: "Interlocked" }, Arguments: { Length: > 1 } arguments } when depth < 3:
                Read(arguments[0].Value.Unwrap(), depth + 1);
                break;
            case IInvocationOperation or IObjectCreationOperation when _types.IsMade(source):
                Creation ??= source;
                Add(_types.Ownership.Follow(source));
                break;
            case IInvocationOperation { TargetMethod: { IsStatic: true, Name: var name } method } when name.StartsWith("GetProcess", StringComparison.Ordinal) || _types.IsMember(method, "GetCurrentProcess"):
                IsForeign = true;
                break;
        }
    }

    private void Follow(ISymbol symbol, IOperation anywhere)
    {
        var follower = new ValueFollower(_types.Ownership, symbol);
        foreach (var reference in References.Of(symbol, anywhere))
        {
            if (!ValueFollower.IsTarget(reference))
            {
                follower.Add(reference);
            }
        }

        Add(follower.ToHolding());
    }

    // worker.Process, processes[i], this: as far as this body goes.
    private void FollowSame(IOperation process)
    {
        var follower = new ValueFollower(_types.Ownership, process.Type!);
        foreach (var other in process.Root().Descendants())
        {
            if (other.Kind == process.Kind && LockRegions.AreSame(other, process) && !ValueFollower.IsTarget(other))
            {
                follower.Add(other);
            }
        }

        Add(follower.ToHolding());
        if (process is IMemberReferenceOperation { Member: var member } and not IPropertyReferenceOperation { Property.IsIndexer: true })
        {
            Keep(member);
        }
    }

    private void Keep(ISymbol member)
    {
        if (!Members.Contains(member.OriginalDefinition, SymbolEqualityComparer.Default) && member.Locations.Any(location => location.IsInSource))
        {
            Members.Add(member.OriginalDefinition);
        }
        else
        {
            HasEscaped = true;
        }
    }

    private void Add(Holding holding)
    {
        IsReturned |= holding.IsReturned;
        HasEscaped |= holding.HasEscaped && !holding.IsOnlyStored && !holding.IsReturned;
        foreach (var member in holding.StoredIn)
        {
            if (!Members.Contains(member, SymbolEqualityComparer.Default))
            {
                Members.Add(member);
            }
        }

        foreach (var use in ChildUses.Of(holding))
        {
            if (!_uses.Exists(known => known.At.Syntax == use.At.Syntax && known.Here.Syntax == use.Here.Syntax))
            {
                _uses.Add(use);
            }
        }
    }
}
