using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Facts;

/// <summary>What a function does while it holds a lock.</summary>
internal static class LockedCode
{
    /// <summary>
    /// The operations at which the lock is held that this operation takes, each with all locks that are held there, the innermost first.
    /// What stands in an inner scope comes with that scope, and what the calls of a function hold comes with the first of them: each operation once.
    /// </summary>
    public static IEnumerable<(IOperation Operation, IReadOnlyList<IOperation> Held)> Of(IOperation taking, ISymbol owner, LockRegions regions)
    {
        if (regions.ScopeOf(taking) is { } scope)
        {
            return LockFacts.WhyExcludesNobody(scope.Lock, owner) is null ? OfScope(taking, scope.Lock, scope.Body, regions) : [];
        }

        return taking is IInvocationOperation call && regions.EnteredBy(call) is not null && IsFirst(call, regions) ? OfCalls(call, regions) : [];
    }

    private static IEnumerable<(IOperation, IReadOnlyList<IOperation>)> OfScope(IOperation taking, IOperation held, IEnumerable<IOperation> body, LockRegions regions)
    {
        var operations = body.SelectMany(statement => statement.DescendantsInFunction()).ToList();
        var inner = Scopes(operations, regions);
        IReadOnlyList<IOperation> locks = [held, .. regions.ScopesAround(taking)];
        return operations.TakeWhile(operation => !Leaves(operation, held, regions))
            .Where(operation => !inner.Any(span => span.Contains(operation.Syntax.Span)))
            .Select(operation => (operation, locks));
    }

    private static IEnumerable<(IOperation, IReadOnlyList<IOperation>)> OfCalls(IInvocationOperation call, LockRegions regions)
    {
        var operations = call.Function().DescendantsInFunction().ToList();
        var scopes = Scopes(operations, regions);
        foreach (var operation in operations)
        {
            if (regions.HeldByCalls(operation) is { IsDefault: false } locks && !scopes.Any(scope => scope.Contains(operation.Syntax.Span)))
            {
                yield return (operation, locks.Reverse().ToList());
            }
        }
    }

    private static bool IsFirst(IInvocationOperation call, LockRegions regions) =>
        call.Function().DescendantsInFunction().First(operation => operation is IInvocationOperation other && regions.EnteredBy(other) is not null) == call;

    private static bool Leaves(IOperation operation, IOperation held, LockRegions regions) =>
        operation is IInvocationOperation call && regions.LeftBy(call) is { } left && LockRegions.AreSame(left, held);

    private static List<TextSpan> Scopes(IEnumerable<IOperation> operations, LockRegions regions) =>
        operations.Select(regions.ScopeOf).Where(scope => scope is not null)
            .SelectMany(scope => scope!.Value.Body).Select(operation => operation.Syntax.Span).ToList();
}
