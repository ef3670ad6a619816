using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>The wait at the end of a path of calls.</summary>
internal static class HiddenWait
{
    /// <summary>The path to it and the wait itself; null where the call waits for nothing, or the wait is reported where it stands.</summary>
    public static (string Path, IInvocationOperation Wait)? Behind(IInvocationOperation call, CompilationFacts facts)
    {
        foreach (var found in facts.Summaries.Through(call))
        {
            if (found is { IsWait: true, IsHeavy: false, At: { SourceTree: { } tree } at }
                && facts.Graph.ModelOf(tree).GetOperation(tree.GetRoot().FindNode(at.SourceSpan, getInnermostNodeForTie: true)) is IInvocationOperation wait
                && ThreadWait.IsWait(wait)
                && ThreadWait.Name(wait, facts.Blocking) is not null
                && !IsUnderLock(found, wait, facts))
            {
                return (found.Name, wait);
            }
        }

        return null;
    }

    /// <summary>Under a lock HRD1003 reports it, unless it is the wait that gives up that lock.</summary>
    public static bool IsHeld(IInvocationOperation call, CompilationFacts facts) =>
        facts.Regions.HeldAround(call) is { } held && (facts.Regions.GivenUpBy(call) is not { } givenUp || !LockRegions.AreSame(held, givenUp));

    // Somewhere on the path a lock is taken: around a call HRD1003 reports that call.
    private static bool IsUnderLock(BlockingCall found, IInvocationOperation wait, CompilationFacts facts) =>
        IsHeld(wait, facts) || !found.Spared.IsEmpty && facts.Regions.GivenUpBy(wait) is null;
}
