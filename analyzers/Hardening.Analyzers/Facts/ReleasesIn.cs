using Microsoft.CodeAnalysis.FlowAnalysis;

namespace Hardening.Analyzers.Facts;

/// <summary>Which operations of a graph release the lock that is followed through it.</summary>
internal sealed class ReleasesIn(ControlFlowGraph graph, IEnumerable<LockCall> known)
{
    private readonly HashSet<SyntaxNode> _known = [.. known.Select(release => release.Call.Syntax)];

    // A helper with such a name may release what it is not given by name.
    public bool Is(IOperation operation) => operation is IInvocationOperation call
        && (_known.Contains(call.Syntax)
            || !call.IsImplicit && !call.TargetMethod.DeclaringSyntaxReferences.IsEmpty && IsNamedLikeRelease(call.TargetMethod.Name));

    public bool AnyIn(ControlFlowRegion region)
    {
        for (var ordinal = region.FirstBlockOrdinal; ordinal <= region.LastBlockOrdinal; ordinal++)
        {
            if (graph.Blocks[ordinal].OperandsFirst().Any(Is))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamedLikeRelease(string name) =>
        name.StartsWith("Release", StringComparison.Ordinal) || name.StartsWith("Exit", StringComparison.Ordinal)
        || name.StartsWith("Unlock", StringComparison.Ordinal) || name.StartsWith("Leave", StringComparison.Ordinal);
}
