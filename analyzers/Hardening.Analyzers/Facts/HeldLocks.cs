using Microsoft.CodeAnalysis.FlowAnalysis;

namespace Hardening.Analyzers.Facts;

/// <summary>Which of the locks that a function enters by calls are surely held at each of its operations: on every path that leads there.</summary>
internal sealed class HeldLocks
{
    // A function with more blocks is generated or hopeless; the analysis of one must not take minutes.
    private const int MostBlocks = 2000;

    private readonly ControlFlowGraph _graph;
    private readonly LockRegions _regions;
    private readonly Dictionary<ISymbol, IOperation> _takenFlags = new(SymbolEqualityComparer.Default);
    private readonly ImmutableArray<IOperation>[] _atEntry;
    private readonly Queue<BasicBlock> _open = new();

    private HeldLocks(ControlFlowGraph graph, LockRegions regions)
    {
        (_graph, _regions) = (graph, regions);
        _atEntry = new ImmutableArray<IOperation>[graph.Blocks.Length];
    }

    /// <summary>The operations of the graph at which a lock is held, with the locks in the order in which they were entered.</summary>
    public static IEnumerable<(IOperation Operation, ImmutableArray<IOperation> Locks)> In(ControlFlowGraph graph, LockRegions regions) =>
        graph.Blocks.Length > MostBlocks ? [] : new HeldLocks(graph, regions).Run();

    /// <summary>The locks that a caller finds taken when the function has returned.</summary>
    public static ImmutableArray<IOperation> AtEndOf(ControlFlowGraph graph, LockRegions regions)
    {
        if (graph.Blocks.Length > MostBlocks)
        {
            return ImmutableArray<IOperation>.Empty;
        }

        var locks = new HeldLocks(graph, regions);
        locks.Run();
        var end = locks._atEntry[graph.Blocks.Length - 1];
        return end.IsDefault ? ImmutableArray<IOperation>.Empty : end;
    }

    private List<(IOperation Operation, ImmutableArray<IOperation> Locks)> Run()
    {
        foreach (var operation in _graph.Blocks.SelectMany(Graphs.OperandsFirst))
        {
            RememberFlag(operation);
        }

        Reach(_graph.Blocks[0], ImmutableArray<IOperation>.Empty);
        while (_open.Count > 0)
        {
            var block = _open.Dequeue();
            var locks = Pass(block, found: null);
            Follow(block.FallThroughSuccessor, locks, Entered(block, whenTrue: block.ConditionKind == ControlFlowConditionKind.WhenFalse));
            Follow(block.ConditionalSuccessor, locks, Entered(block, whenTrue: block.ConditionKind == ControlFlowConditionKind.WhenTrue));
        }

        var found = new List<(IOperation, ImmutableArray<IOperation>)>();
        foreach (var block in _graph.Blocks)
        {
            if (!_atEntry[block.Ordinal].IsDefault)
            {
                Pass(block, found);
            }
        }

        return found;
    }

    private ImmutableArray<IOperation> Pass(BasicBlock block, List<(IOperation, ImmutableArray<IOperation>)>? found)
    {
        var locks = _atEntry[block.Ordinal];
        foreach (var operation in block.OperandsFirst())
        {
            if (operation is IInvocationOperation { IsImplicit: false } call)
            {
                if (_regions.LeftBy(call) is { } left)
                {
                    locks = Without(locks, left);
                    continue;
                }

                if (_regions.EnteredBy(call) is { } entered)
                {
                    if (!locks.IsEmpty)
                    {
                        found?.Add((operation, locks));
                    }

                    locks = _regions.IsAttempt(call) ? locks : Without(locks, entered).Add(entered);
                    continue;
                }
            }

            if (!locks.IsEmpty)
            {
                found?.Add((operation, locks));
            }
        }

        return locks;
    }

    // The lock that is entered on one side of the branch: if (Monitor.TryEnter(gate)) or if (taken).
    private IOperation? Entered(BasicBlock block, bool whenTrue) => !whenTrue || block.ConditionKind == ControlFlowConditionKind.None
        ? null
        : block.BranchValue?.Unwrap() switch
        {
            IInvocationOperation call when _regions.IsAttempt(call) && !HasFlag(call) => _regions.EnteredBy(call),
            ILocalReferenceOperation { Local: var flag } => _takenFlags.TryGetValue(flag, out var locked) ? locked : null,
            _ => null,
        };

    private void Follow(ControlFlowBranch? branch, ImmutableArray<IOperation> locks, IOperation? entered)
    {
        if (branch is null)
        {
            return;
        }

        locks = entered is null ? locks : Without(locks, entered).Add(entered);
        foreach (var region in branch.FinallyRegions)
        {
            Reach(_graph.Blocks[region.FirstBlockOrdinal], locks);
            locks = WithoutLeftIn(region, locks);
        }

        if (branch.Destination is { } destination)
        {
            Reach(destination, locks);
        }
    }

    private void Reach(BasicBlock block, ImmutableArray<IOperation> locks)
    {
        var known = _atEntry[block.Ordinal];
        var merged = known.IsDefault ? locks : known.RemoveAll(held => !locks.Any(other => LockRegions.AreSame(held, other)));
        if (!known.IsDefault && merged.Length == known.Length)
        {
            return;
        }

        _atEntry[block.Ordinal] = merged;
        _open.Enqueue(block);

        // From anywhere in a try its handlers can be reached: there only what the try never leaves is surely held.
        for (var region = block.EnclosingRegion; region.EnclosingRegion is { } outer && region.FirstBlockOrdinal == block.Ordinal; region = outer)
        {
            if (region.Kind == ControlFlowRegionKind.Try && outer.Kind == ControlFlowRegionKind.TryAndCatch)
            {
                foreach (var handler in outer.NestedRegions.Where(nested => nested != region))
                {
                    Reach(_graph.Blocks[handler.FirstBlockOrdinal], WithoutLeftIn(region, merged));
                }
            }
        }
    }

    private ImmutableArray<IOperation> WithoutLeftIn(ControlFlowRegion region, ImmutableArray<IOperation> locks)
    {
        for (var ordinal = region.FirstBlockOrdinal; ordinal <= region.LastBlockOrdinal && !locks.IsEmpty; ordinal++)
        {
            foreach (var operation in _graph.Blocks[ordinal].OperandsFirst())
            {
                if (operation is IInvocationOperation call && _regions.LeftBy(call) is { } left)
                {
                    locks = Without(locks, left);
                }
            }
        }

        return locks;
    }

    // bool taken = Monitor.TryEnter(gate), or Monitor.TryEnter(gate, ref taken)
    private void RememberFlag(IOperation operation)
    {
        if (operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var result }, Value: var value }
            && value.Unwrap() is IInvocationOperation attempt && _regions.IsAttempt(attempt) && _regions.EnteredBy(attempt) is { } tried)
        {
            _takenFlags[result] = tried;
        }
        else if (operation is IInvocationOperation call && Flag(call) is { } flag && _regions.EnteredBy(call) is { } entered)
        {
            _takenFlags[flag] = entered;
        }
    }

    private static bool HasFlag(IInvocationOperation call) => Flag(call) is not null;

    private static ILocalSymbol? Flag(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.RefKind == RefKind.Ref)?.Value is ILocalReferenceOperation { Local: var flag } ? flag : null;

    private static ImmutableArray<IOperation> Without(ImmutableArray<IOperation> locks, IOperation left) => locks.RemoveAll(held => LockRegions.AreSame(held, left));
}
