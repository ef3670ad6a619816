using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>
/// Which rule speaks of a child where several could: a request to end that nobody follows (HRD3008), a restart without a pause (HRD3011),
/// a child per item (HRD3007), a wait that hangs or gives up (HRD3004, HRD3005), and only then who disposes and who ends it.
/// To be asked right before a report, not before.
/// </summary>
internal static class StartMistakes
{
    /// <summary>HRD3008, HRD3011 or HRD3007 speaks at a start of this new Process.</summary>
    public static bool SpeakOf(IOperation created, Holding holding, ProcessTypes types, CompilationFacts facts, ISymbol containing) =>
        created is IInvocationOperation call && StartedChild.IsOne(call, types) && SpeakOf(call, types, facts, containing)
        || holding.Uses.Any(use => use.Parent is IInvocationOperation start && start.Instance == use && StartedChild.IsOne(start, types) && SpeakOf(start, types, facts, containing));

    public static bool SpeakOf(IInvocationOperation start, ProcessTypes types, CompilationFacts facts, ISymbol containing) =>
        IsRequestOrRestart(start, types, facts, containing) || PerItemStarts.RootOf(start, types, facts, containing) is not null;

    public static bool IsRequestOrRestart(IInvocationOperation start, ProcessTypes types, CompilationFacts facts, ISymbol containing) =>
        HRD3008AskedToEndOnlyAnalyzer.RequestAt(start, types, facts, containing) is not null || Restarts.Of(start, types, facts, containing) is not null;

    /// <summary>HRD3008 speaks about this child: it is asked to end, and nobody makes sure that it does.</summary>
    public static bool IsAskedOnly(Holding child, ProcessTypes types, CompilationFacts facts) =>
        IsAskedIn(child, types, facts) || child.StoredIn.Any(member => IsAskedIn(types.Ownership.FollowMember(member), types, facts));

    /// <summary>HRD3004 or HRD3005 speaks about a wait for this child: that it hangs, or goes on without the child, is the nearer mistake.</summary>
    public static bool IsWaitReported(Holding child, ProcessTypes types, CompilationFacts facts) => ChildUses.Of(child).Any(use =>
        use is { Kind: ChildUseKind.Wait, At: IInvocationOperation wait }
        && Callers.MemberOf(wait) is { } member
        && (HRD3004UnlimitedProcessWaitAnalyzer.ChildAt(wait, member, types, facts) is not null || HRD3005ChildRunsOnAnalyzer.ChildAt(wait, member, types, facts) is not null));

    private static bool IsAskedIn(Holding child, ProcessTypes types, CompilationFacts facts) => child.AllUses.Any(held =>
    {
        // child.CloseMainWindow(), Process.Start("kill", $"{child.Id}"), kill(child.Id, 15)
        for (var outer = held.Use.Parent; outer is not (null or IBlockOperation); outer = outer.Parent)
        {
            if (outer is IInvocationOperation call && EndRequest.MayBeOne(call) && Callers.MemberOf(call) is { } member && HRD3008AskedToEndOnlyAnalyzer.RequestAt(call, types, facts, member) is not null)
            {
                return true;
            }
        }

        return false;
    });
}
