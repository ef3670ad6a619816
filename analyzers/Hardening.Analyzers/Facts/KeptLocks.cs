using Microsoft.CodeAnalysis.FlowAnalysis;

namespace Hardening.Analyzers.Facts;

/// <summary>Whether a function that takes and releases a lock may end without the release.</summary>
internal static class KeptLocks
{
    /// <summary>By what the lock is kept, as a message says it; null where it is surely released, or handed over, or no one can tell.</summary>
    public static string? WhyKept(LockCall taken, LockCalls calls, Func<ControlFlowGraph> graph)
    {
        var function = taken.Call.Function();
        if (IsFollowedByFinally(taken, calls))
        {
            return null;
        }

        var releases = calls.ReleasesOf(taken, function);
        return releases.Count > 0 && Graphs.Of(function, graph()) is { } flow && HeldPaths.After(taken, releases, flow) is { } paths
            ? WhyKept(paths, taken, releases, function)
            : null;
    }

    private static string? WhyKept(HeldPaths paths, LockCall taken, List<LockCall> releases, IOperation function)
    {
        // The thread that takes a lock must leave it: an await in between is another mistake, with another remedy.
        if (!paths.IsReleased || paths.IsUnclear || paths.HasAwait && !taken.IsSemaphore)
        {
            return null;
        }

        if (paths.IsKept)
        {
            return HasReturnBetween(taken, releases, function) && HandOvers.IsClosed(taken.Lock) && !IsReleasedElsewhere(taken, releases, function)
                ? "on a path that returns"
                : null;
        }

        // What another function releases too is a signal, or a place that is handed over.
        return paths.Throws is { Name: var name } && !(taken.IsSemaphore && IsReleasedElsewhere(taken, releases, function)) ? If(name) : null;
    }

    // By another function than this one and the helpers that it calls to release.
    private static bool IsReleasedElsewhere(LockCall taken, List<LockCall> releases, IOperation function) =>
        HandOvers.IsReleasedElsewhere(
            taken.Lock, [function.Syntax, .. releases.SelectMany(release => release.Call.TargetMethod.DeclaringSyntaxReferences).Select(helper => helper.GetSyntax())]);

    public static string If(string thrown) => thrown == "throw" ? "on a path that throws" : $"if '{thrown}' throws";

    // Without one, what takes and releases may depend on the same question: if (isShared) Enter, if (isShared) Exit.
    private static bool HasReturnBetween(LockCall taken, List<LockCall> releases, IOperation function)
    {
        var end = releases.Max(release => release.Call.Syntax.SpanStart);
        return function.DescendantsInFunction().Any(operation =>
            operation is IReturnOperation { Kind: OperationKind.Return, IsImplicit: false } && operation.Syntax.SpanStart > taken.Call.Syntax.SpanStart && operation.Syntax.SpanStart < end);
    }

    /// <summary>The usual shape, which needs no flow analysis: the call, then a try whose finally releases; or the call inside of it.</summary>
    private static bool IsFollowedByFinally(LockCall taken, LockCalls calls)
    {
        for (IOperation node = taken.Call; node.Parent is { } parent and not (IAnonymousFunctionOperation or ILocalFunctionOperation); node = parent)
        {
            if (parent is ITryOperation { Finally: { } around } tries && tries.Body == node && Releases(around))
            {
                return true;
            }

            if (parent is IBlockOperation { Operations: var statements } && node is IExpressionStatementOperation
                && statements.SkipWhile(statement => statement != node).Skip(1).FirstOrDefault() is ITryOperation { Finally: { } after } && Releases(after))
            {
                return true;
            }
        }

        return false;

        bool Releases(IOperation handler) => calls.ReleasesOf(taken, handler).Count > 0;
    }
}
