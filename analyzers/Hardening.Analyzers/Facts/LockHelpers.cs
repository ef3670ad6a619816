using System.Collections.Concurrent;

namespace Hardening.Analyzers.Facts;

/// <summary>Methods that take or leave a lock for their caller: <c>void EnterGate() => Monitor.Enter(_gate);</c></summary>
/// <param name="graph">Finds the body of a method.</param>
/// <param name="direct">Sees calls of <c>Enter</c> and <c>Exit</c> alone.</param>
internal sealed class LockHelpers(CallGraph graph, LockRegions direct)
{
    private readonly ConcurrentDictionary<IMethodSymbol, LockHelper?> _known = new(SymbolEqualityComparer.Default);

    /// <summary>Null when the call does no more than lock and unlock for itself, or when its lock is not one of the caller's.</summary>
    public LockHelper? Of(IInvocationOperation call)
    {
        // Of the same object: only then is its field the caller's field.
        var method = call.TargetMethod;
        return call.Instance is null or IInstanceReferenceOperation
            && method is { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction, IsVirtual: false, IsAbstract: false, IsOverride: false, IsAsync: false }
            && method.DeclaringSyntaxReferences.Length > 0
                ? _known.GetOrAdd(method.OriginalDefinition, Read)
                : null;
    }

    private LockHelper? Read(IMethodSymbol method)
    {
        if (CallGraph.SyntaxOf(method, CancellationToken.None) is not { } syntax
            || !Mentions.Any(direct.Calls, syntax)
            || graph.BodyOf(method, CancellationToken.None) is not { } body)
        {
            return null;
        }

        var calls = body.DescendantsInFunction().OfType<IInvocationOperation>().ToList();
        if (calls.Count == 0 || !calls.Any(call => Lock(direct.EnteredBy(call) ?? direct.LeftBy(call)) is not null))
        {
            return null;
        }

        if (body.DescendantsInFunction().OfType<IReturnOperation>().FirstOrDefault()?.ReturnedValue?.Unwrap() is IInvocationOperation { TargetMethod.Name: var name } attempt
            && name.StartsWith("Try", StringComparison.Ordinal) && Lock(direct.EnteredBy(attempt)) is { } tried)
        {
            return new LockHelper(tried, isEntered: true, isAttempt: true);
        }

        if (Graphs.Of(body) is not { } flow)
        {
            return null;
        }

        if (Lock(HeldLocks.AtEndOf(flow, direct).FirstOrDefault()) is { } taken)
        {
            return new LockHelper(taken, isEntered: true, isAttempt: false);
        }

        var entered = calls.Select(direct.EnteredBy).Where(locked => locked is not null).ToList();
        var left = calls.Select(direct.LeftBy).FirstOrDefault(locked => Lock(locked) is not null && !entered.Any(other => LockRegions.AreSame(other!, locked!)));
        return left is null ? null : new LockHelper(left, isEntered: false, isAttempt: false);
    }

    // A static field, or one of the object itself; not a parameter, a local or the field of another object.
    private static IOperation? Lock(IOperation? locked) => locked switch
    {
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } or IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Property.IsIndexer: false }
            or IInstanceReferenceOperation or ITypeOfOperation => locked,
        _ => null,
    };
}

/// <summary>What a helper does with a lock.</summary>
internal sealed class LockHelper(IOperation locked, bool isEntered, bool isAttempt)
{
    public IOperation Lock { get; } = locked;

    /// <summary>Taken and kept; otherwise left.</summary>
    public bool IsEntered { get; } = isEntered;

    /// <summary>Its result says whether the lock was taken.</summary>
    public bool IsAttempt { get; } = isAttempt;
}
