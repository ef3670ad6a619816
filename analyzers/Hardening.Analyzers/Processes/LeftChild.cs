using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>A child that still runs when the wait for it is over.</summary>
internal static class LeftChild
{
    /// <summary>The child that is waited for; null where it is not the waiting code's to end.</summary>
    public static ChildHistory? Of(IInvocationOperation wait, ProcessTypes types) =>
        Waited(wait) is { } process
        // A type of one's own may kill it in its Dispose.
        && types.IsProcess(process.Type) && process.Type is { Name: "Process" }
        && ChildHistory.Of(process, types) is { IsForeign: false, HasEscaped: false, IsReturned: false } child
            ? child
            : null;

    /// <summary>The answer of a wait with a limit is dropped.</summary>
    public static bool IsUnasked(IInvocationOperation wait) =>
        !ChildUses.IsAsync(wait)
        && wait.TargetMethod.ReturnType.SpecialType == SpecialType.System_Boolean
        && ChildUses.LimitOf(wait) == WaitLimit.Time
        && !wait.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: 0 })
        && !ChildUses.IsResultUsed(wait);

    /// <summary>The wait ends by an exception, when its token is cancelled or its time is up.</summary>
    public static bool CanBeCancelled(IInvocationOperation wait) => ChildUses.IsAsync(wait) && ChildUses.LimitOf(wait) != WaitLimit.None && !ReturnsAnswer(wait);

    public static bool RunsOnUnasked(IInvocationOperation wait, ChildHistory child, ISymbol containing, ProcessTypes types, CompilationFacts facts) =>
        !EndedChild.IsEndedBefore(wait, child)
        && !child.Uses.Any(use => use.EndsIt || use.Kind == ChildUseKind.HandleExit)
        && !child.IsEndedByNumber
        && !child.Uses.Any(use => use.At.Syntax != wait.Syntax && IsAsked(use, wait))
        && !OwnersOf(wait, child, containing, types, facts).Any(owner => owner.Uses.Any(use => use.EndsIt || use.Kind == ChildUseKind.AskIfEnded) || owner.IsEndedByNumber);

    /// <summary>Nothing in this code ends the child when the wait throws.</summary>
    public static bool RunsOnWhenCancelled(IInvocationOperation wait, ChildHistory child) =>
        !child.IsEndedByNumber && !EndedChild.IsEndedBefore(wait, child) && !child.Uses.Any(use => use.EndsIt && EndsOnCancel(use.Here, wait));

    public static bool RunsOnWhenCancelled(IInvocationOperation wait, ChildHistory child, ISymbol containing, ProcessTypes types, CompilationFacts facts)
    {
        if (!RunsOnWhenCancelled(wait, child))
        {
            return false;
        }

        if (child.Parameter is null)
        {
            return true;
        }

        // Who passes it here may kill it when the exception comes.
        var owners = OwnersOf(wait, child, containing, types, facts).ToList();
        return owners.Count > 0
            && !facts.Callers.Of((IMethodSymbol)child.Parameter.ContainingSymbol).IsDefault
            && owners.TrueForAll(owner => owner is { Creation: not null, HasEscaped: false, IsReturned: false, IsEndedByNumber: false } && !owner.Uses.Any(use => use.EndsIt));
    }

    // p.WaitForExit(ms), and the extension methods of one's own from before .NET 5.
    private static IOperation? Waited(IInvocationOperation wait) =>
        (wait.Instance ?? (wait.TargetMethod.IsExtensionMethod && wait.Arguments.Length > 1 ? wait.Arguments[0].Value : null)) is { } process
            ? ChildHistory.Named(process.Unwrap())
            : null;

    // Task<bool>: what is done with the answer is the author's to say.
    private static bool ReturnsAnswer(IInvocationOperation wait) => wait.TargetMethod.ReturnType is INamedTypeSymbol { IsGenericType: true };

    // A loop asks before and after; ExitCode throws while the child runs, which is an answer for whoever catches it.
    private static bool IsAsked(ChildUse use, IOperation wait)
    {
        if (!(StatementOrder.MayPrecede(wait, use.Here) || use.IsInHelper
            || StatementOrder.AreInOneFunction(use.Here, wait) && StatementOrder.LoopAround(wait) is { } loop && StatementOrder.Contains(loop, use.Here)))
        {
            return false;
        }

        return use.Kind == ChildUseKind.Wait
            || use.Kind == ChildUseKind.AskIfEnded && (use.At is not IPropertyReferenceOperation { Property.Name: "ExitCode" or "ExitTime" } || TryAround(use.At) is not null);
    }

    private static bool EndsOnCancel(IOperation kill, IInvocationOperation wait)
    {
        // In a lambda on the token, or where Stop does it.
        if (!StatementOrder.AreInOneFunction(kill, wait))
        {
            return true;
        }

        var ends = AwaitedExit.EndsOf(wait).ToList();
        if (ends.Count == 0 || wait.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } configured && configured.Syntax.ToString().Contains("SuppressThrowing"))
        {
            return StatementOrder.MayPrecede(wait, kill);
        }

        return ends.TrueForAll(end => IsReachedByException(kill, end));
    }

    private static bool IsReachedByException(IOperation kill, IOperation thrown)
    {
        for (var tried = TryAround(thrown); tried is not null; tried = TryAround(tried))
        {
            if (StatementOrder.Contains(tried.Finally, kill)
                || tried.Catches.Any(handler => StatementOrder.Contains(handler, kill))
                || kill.Syntax.SpanStart > tried.Syntax.Span.End && tried.Catches.Any(handler => !StatementOrder.Leaves(handler.Handler)))
            {
                return true;
            }
        }

        return false;
    }

    // Whose body the operation is part of.
    private static ITryOperation? TryAround(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); outer = outer.Parent)
        {
            if (outer is ITryOperation tried && StatementOrder.Contains(tried.Body, operation))
            {
                return tried;
            }
        }

        return null;
    }

    private static IEnumerable<ChildHistory> OwnersOf(IOperation wait, ChildHistory child, ISymbol containing, ProcessTypes types, CompilationFacts facts)
    {
        if (child.Parameter is not { ContainingSymbol: IMethodSymbol method, Ordinal: var ordinal }
            || !SymbolEqualityComparer.Default.Equals(Functions.Of(wait, containing), method)
            || facts.Callers.Of(method) is not { IsDefault: false } calls)
        {
            yield break;
        }

        foreach (var call in calls.OfType<IInvocationOperation>())
        {
            if (call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == ordinal) is { } argument)
            {
                yield return ChildHistory.Of(argument.Value.Unwrap(), types);
            }
        }
    }
}
