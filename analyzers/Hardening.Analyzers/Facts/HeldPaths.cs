using Microsoft.CodeAnalysis.FlowAnalysis;

namespace Hardening.Analyzers.Facts;

/// <summary>
/// Where a lock goes that a function has taken: whether it is released on every path, by return or by exception.
/// A release in a <c>finally</c> counts whatever it asks before.
/// </summary>
internal sealed class HeldPaths
{
    // A function with more blocks is generated or hopeless; the analysis of one must not take minutes.
    private const int MostBlocks = 2000;

    private readonly ControlFlowGraph _graph;
    private readonly SyntaxNode? _taken;
    private readonly ILocalSymbol? _flag;
    private readonly ReleasesIn _releases;
    private readonly HashSet<int> _seen = [];
    private readonly Queue<BasicBlock> _open = new();

    private HeldPaths(ControlFlowGraph graph, LockCall? taken, IEnumerable<LockCall> releases)
    {
        _graph = graph;
        _taken = taken?.Call.Syntax;
        _flag = taken?.Flag;
        _releases = new ReleasesIn(graph, releases);
    }

    /// <summary>Some path releases the lock.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>Some path returns with the lock.</summary>
    public bool IsKept { get; private set; }

    /// <summary>The first operation that may leave the function, with the lock, by an exception; and its name.</summary>
    public (SyntaxNode Syntax, string Name)? Throws { get; private set; }

    public bool HasAwait { get; private set; }

    /// <summary>The paths do something that this does not follow.</summary>
    public bool IsUnclear { get; private set; }

    /// <summary>Calls that run while the lock is held.</summary>
    public List<SyntaxNode> Calls { get; } = [];

    /// <summary>From the call that takes the lock on.</summary>
    public static HeldPaths? After(LockCall taken, IEnumerable<LockCall> releases, ControlFlowGraph graph)
    {
        if (graph.Blocks.Length > MostBlocks || !taken.IsWaitedForHere || taken.IsIgnored)
        {
            return null;
        }

        var paths = new HeldPaths(graph, taken, releases);
        foreach (var block in graph.Blocks)
        {
            var rest = block.OperandsFirst().SkipWhile(operation => !(operation is IInvocationOperation && operation.Syntax == paths._taken)).Skip(1).ToList();
            if (rest.Count > 0 || block.BranchValue?.Syntax == paths._taken)
            {
                return paths.Begin(block, rest, isCondition: paths._flag is null && taken.IsAsked) ? paths : null;
            }
        }

        return null;
    }

    /// <summary>From the beginning of the function on, which was given the lock.</summary>
    public static HeldPaths? FromStart(IEnumerable<LockCall> releases, ControlFlowGraph graph)
    {
        if (graph.Blocks.Length > MostBlocks)
        {
            return null;
        }

        var paths = new HeldPaths(graph, taken: null, releases);
        paths.Reach(graph.Blocks[0]);
        paths.Run();
        return paths;
    }

    private bool Begin(BasicBlock block, List<IOperation> rest, bool isCondition)
    {
        if (isCondition)
        {
            var branch = block.ConditionKind switch
            {
                ControlFlowConditionKind.WhenTrue => block.ConditionalSuccessor,
                ControlFlowConditionKind.WhenFalse => block.FallThroughSuccessor,
                _ => null,
            };
            if (branch is null || block.BranchValue is not { } condition || !IsAnswer(condition))
            {
                return false;
            }

            Follow(block, branch);
        }
        else
        {
            Pass(block, rest.Where(operation => !operation.Syntax.Span.Contains(_taken!.Span)));
        }

        Run();
        return true;
    }

    // if (gate.Wait(5)), if (await gate.WaitAsync(5).ConfigureAwait(false))
    private bool IsAnswer(IOperation condition) => condition.Unwrap() switch
    {
        IAwaitOperation awaited => IsAnswer(awaited.Operation),
        IInvocationOperation call when call.Syntax == _taken => true,
        IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter" or "GetResult", Instance: { } task } => IsAnswer(task),
        _ => false,
    };

    private void Run()
    {
        while (_open.Count > 0)
        {
            var block = _open.Dequeue();
            Pass(block, block.OperandsFirst());
        }
    }

    private void Pass(BasicBlock block, IEnumerable<IOperation> operations)
    {
        foreach (var operation in operations)
        {
            if (_releases.Is(operation))
            {
                IsReleased = true;
                return;
            }

            if (operation.Syntax == _taken)
            {
                // Taken again and again: by a loop that collects all that a semaphore has, or by one that forgets to release.
                IsUnclear = true;
                return;
            }

            if (operation is IInvocationOperation { IsImplicit: false })
            {
                Calls.Add(operation.Syntax);
            }

            HasAwait |= operation is IAwaitOperation;
            if (Throwing.NameOf(operation) is { } name)
            {
                Raise(block.EnclosingRegion, operation.Syntax, name, isThrow: false);
            }
        }

        var asksFlag = _flag is not null && block.ConditionKind != ControlFlowConditionKind.None
            && block.BranchValue?.Unwrap() is ILocalReferenceOperation { Local: var asked } && SymbolEqualityComparer.Default.Equals(asked, _flag);
        if (!asksFlag || block.ConditionKind == ControlFlowConditionKind.WhenFalse)
        {
            Follow(block, block.FallThroughSuccessor);
        }

        if (!asksFlag || block.ConditionKind == ControlFlowConditionKind.WhenTrue)
        {
            Follow(block, block.ConditionalSuccessor);
        }
    }

    private void Follow(BasicBlock block, ControlFlowBranch? branch)
    {
        switch (branch?.Semantics)
        {
            case null or ControlFlowBranchSemantics.None or ControlFlowBranchSemantics.ProgramTermination:
                break;
            case ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow:
                Raise(block.EnclosingRegion, block.BranchValue?.Syntax ?? block.Operations.LastOrDefault()?.Syntax ?? _graph.OriginalOperation.Syntax, "throw", isThrow: true);
                break;
            case ControlFlowBranchSemantics.Regular or ControlFlowBranchSemantics.Return when branch.Destination is { } destination:
                if (branch.FinallyRegions.Any(_releases.AnyIn))
                {
                    IsReleased = true;
                }
                else if (destination.Kind == BasicBlockKind.Exit)
                {
                    IsKept = true;
                }
                else
                {
                    Reach(destination);
                }

                break;
            default:
                IsUnclear = true;
                break;
        }
    }

    // Up through the handlers, as an exception goes. (Around the root of a lambda's graph are the regions of the function that it is written in.)
    private void Raise(ControlFlowRegion region, SyntaxNode syntax, string name, bool isThrow)
    {
        var isHandled = false;
        for (var inner = region; inner.Kind != ControlFlowRegionKind.Root && inner.EnclosingRegion is { } outer; inner = outer)
        {
            // What a handler calls is mostly a log, and the exception that it handles was the mistake to show.
            isHandled |= inner.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.Filter && !isThrow;
            if (inner.Kind != ControlFlowRegionKind.Try)
            {
                continue;
            }

            if (outer.Kind == ControlFlowRegionKind.TryAndFinally && _releases.AnyIn(outer.NestedRegions[1]))
            {
                IsReleased = true;
                return;
            }

            if (outer.Kind == ControlFlowRegionKind.TryAndCatch)
            {
                var handlers = outer.NestedRegions.Where(handler => handler != inner).ToList();
                foreach (var handler in handlers)
                {
                    var body = handler.Kind == ControlFlowRegionKind.FilterAndHandler ? handler.NestedRegions.Last() : handler;
                    Reach(_graph.Blocks[body.FirstBlockOrdinal]);
                }

                if (handlers.Exists(handler => handler.Kind == ControlFlowRegionKind.Catch && CatchesAll(handler)))
                {
                    return;
                }
            }
        }

        if (!isHandled && (Throws is not { } known || syntax.SpanStart < known.Syntax.SpanStart))
        {
            Throws = (syntax, name);
        }
    }

    private static bool CatchesAll(ControlFlowRegion handler) =>
        handler.ExceptionType is null or { SpecialType: SpecialType.System_Object } or { Name: nameof(Exception), ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private void Reach(BasicBlock block)
    {
        if (_seen.Add(block.Ordinal))
        {
            _open.Enqueue(block);
        }
    }
}
