using Hardening.Analyzers.Facts;
using Hardening.Analyzers.Threads;

namespace Hardening.Analyzers.Processes;

/// <summary>A wait for a child that should not block where it stands: that is said first, and of its limits later.</summary>
internal static class BlockingWait
{
    /// <summary>HRD1003 (under a lock), HRD2008 (on a pool thread) or HRD4004 (in a frame callback) speaks of it.</summary>
    public static bool IsReported(IInvocationOperation wait, ISymbol containing, CompilationFacts facts) =>
        facts.Regions.HeldAround(wait) is not null
        || !ChildUses.IsAsync(wait)
            && (ThreadWait.Name(wait, facts.Blocking) is not null && PoolCode.OfWait(wait, containing, facts) is not null
                || facts.FrameCallbacks.Around(wait, containing) is not null);
}
