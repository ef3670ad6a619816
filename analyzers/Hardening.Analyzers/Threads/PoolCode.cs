using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>Code that runs on a thread of the pool, which others need, and how it came there.</summary>
internal readonly struct PoolCode
{
    private PoolCode(string how, bool wantsTwin = false) => (How, WantsTwin) = (how, wantsTwin);

    /// <summary>As a message names it: "is async".</summary>
    public string How { get; }

    /// <summary>Only waits that could be awaited are a mistake here.</summary>
    public bool WantsTwin { get; }

    /// <summary>Null where the function around the operation is not known to run on the pool. Its callers are not looked at.</summary>
    public static PoolCode? Around(IOperation operation, ISymbol containing, CompilationFacts facts) => Around(operation, containing, facts, out _);

    /// <summary>
    /// The same for a wait, which may also stand at the end of a path of calls that begins in a request. Null where one of these calls is reported: it says
    /// the path, and is where the await would begin.
    /// </summary>
    public static PoolCode? OfWait(IInvocationOperation wait, ISymbol containing, CompilationFacts facts)
    {
        var hasTwin = ThreadWait.HasAsyncTwin(wait);
        var code = Around(wait, containing, facts, out var isElsewhere);
        return code is { } found && (hasTwin || !found.WantsTwin) ? code
            : hasTwin && !isElsewhere && IsBehindRequest(wait, containing, facts) ? OfRequest
            : null;
    }

    private static PoolCode? Around(IOperation operation, ISymbol containing, CompilationFacts facts, out bool isElsewhere)
    {
        isElsewhere = false;
        var isAsync = Functions.Of(operation, containing)?.IsAsync == true;
        PoolCode? started = null;
        foreach (var handover in Handover.OfFunctionAround(operation, containing, facts.Callers))
        {
            switch (handover.To)
            {
                // A parallel loop without a limit is HRD2005's to report.
                case Runner.OwnThread when !isAsync:
                case Runner.Nobody or Runner.UnlimitedLoop:
                    isElsewhere = true;
                    return null;
                // What comes once takes one thread once.
                case Runner.Pool when !isAsync && !handover.IsOnce:
                    return new PoolCode($"is called back by '{handover.Name}'");
                // Work is given to the pool so that others need not wait; but with an async twin nobody need.
                case Runner.StartedWork when !isAsync:
                    var verb = operation.Function() is IAnonymousFunctionOperation ? "gives work" : "is given";
                    started = new PoolCode($"{verb} to '{handover.Name}'", wantsTwin: true);
                    break;
            }
        }

        return isAsync ? new PoolCode("is async")
            : started ?? (facts.Roots.AnswersRequest(operation, containing) ? OfRequest : null);
    }

    /// <summary>What others call may be meant to wait; a private function is part of the code that calls it.</summary>
    public static bool IsPartOfCallers(IMethodSymbol function) =>
        !function.IsAsync
        && (function.MethodKind == MethodKind.LocalFunction || function is { DeclaredAccessibility: Accessibility.Private, MethodKind: not MethodKind.AnonymousFunction })
        && !Functions.IsTask(function.ReturnType);

    private static PoolCode OfRequest => new("answers a request", wantsTwin: true);

    private static bool IsBehindRequest(IOperation operation, ISymbol containing, CompilationFacts facts) =>
        facts.Roots.HaveRequests
        && facts.Roots.Of(operation, containing).LastOrDefault()?.Per == Roots.Request
        && !(Functions.Of(operation, containing) is { } function && IsCalledOnPool(function, facts, new HashSet<ISymbol>(SymbolEqualityComparer.Default)));

    private static bool IsCalledOnPool(IMethodSymbol function, CompilationFacts facts, HashSet<ISymbol> seen)
    {
        if (!IsPartOfCallers(function) || !seen.Add(function) || facts.Callers.Of(function) is not { IsDefault: false } uses)
        {
            return false;
        }

        foreach (var call in uses)
        {
            if (call is IInvocationOperation && Callers.MemberOf(call) is { } member
                && (Around(call, member, facts) is not null || Functions.Of(call, member) is { } caller && IsCalledOnPool(caller, facts, seen)))
            {
                return true;
            }
        }

        return false;
    }
}
