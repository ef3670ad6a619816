using System.Collections.Concurrent;

namespace Hardening.Analyzers.Facts;

/// <summary>What the methods of this compilation do when they are called, as far as their callers must know: each is read once, when it is first asked for.</summary>
internal sealed class CallSummaries(CallGraph graph, Blocking blocking, HeavyWork heavy, LockRegions regions, LockRegions withSemaphores)
{
    // Longer paths are rarely right and never read; and the limit makes the cost linear in the number of calls.
    private const int MostCalls = 6;
    private const int MostFindings = 6;
    private const int MostLocks = 12;

    private readonly ConcurrentDictionary<IMethodSymbol, Body> _bodies = new(SymbolEqualityComparer.Default);

    // By the number of calls that may still be followed.
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<BlockingCall>>[] _found = ByCalls<BlockingCall>();
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<TakenLock>>[] _taken = ByCalls<TakenLock>();

    /// <summary>How the code blocks that the operation calls, the shortest path first; empty where it calls nothing of this compilation.</summary>
    public ImmutableArray<BlockingCall> Through(IOperation operation) =>
        graph.TargetOf(operation) is { } target
            ? ImmutableArray.CreateRange(Of(target, MostCalls - 1), call => call.Through(target, ImmutableArray<ISymbol>.Empty))
            : ImmutableArray<BlockingCall>.Empty;

    /// <summary>The locks that the code takes which the operation calls, each once, by the shortest path.</summary>
    public ImmutableArray<TakenLock> Taken(IOperation operation) =>
        graph.TargetOf(operation) is { } target
            ? ImmutableArray.CreateRange(Taken(target, MostCalls - 1), taken => taken.Through(target))
            : ImmutableArray<TakenLock>.Empty;

    private ImmutableArray<TakenLock> Taken(IMethodSymbol method, int calls)
    {
        if (_taken[calls].TryGetValue(method, out var known))
        {
            return known;
        }

        var body = _bodies.GetOrAdd(method, Read);
        var taken = body.Takes;
        if (calls > 0 && !body.Calls.IsEmpty)
        {
            taken = taken.Concat(body.Calls.SelectMany(call => Taken(call.Callee, calls - 1).Select(inner => inner.Through(call.Callee))))
                .GroupBy(inner => inner.Lock, SymbolEqualityComparer.Default).Select(same => same.OrderBy(inner => inner.Depth).First()).Take(MostLocks).ToImmutableArray();
        }

        return _taken[calls].GetOrAdd(method, taken);
    }

    private ImmutableArray<BlockingCall> Of(IMethodSymbol method, int calls)
    {
        if (_found[calls].TryGetValue(method, out var known))
        {
            return known;
        }

        var body = _bodies.GetOrAdd(method, Read);
        var found = body.Blocks;
        if (calls > 0 && !body.Calls.IsEmpty)
        {
            var all = new List<BlockingCall>(found);
            foreach (var (callee, spared) in body.Calls)
            {
                foreach (var call in Of(callee, calls - 1))
                {
                    Add(all, call.Through(callee, spared));
                }
            }

            found = all.OrderBy(call => call.Depth).Take(MostFindings).ToImmutableArray();
        }

        return _found[calls].GetOrAdd(method, found);
    }

    private static ConcurrentDictionary<IMethodSymbol, ImmutableArray<T>>[] ByCalls<T>() =>
        [.. Enumerable.Range(0, MostCalls).Select(_ => new ConcurrentDictionary<IMethodSymbol, ImmutableArray<T>>(SymbolEqualityComparer.Default))];

    private Body Read(IMethodSymbol method)
    {
        if (graph.BodyOf(method, CancellationToken.None) is not { } body)
        {
            return Body.Empty;
        }

        var blocks = new List<BlockingCall>();
        var takes = ImmutableArray.CreateBuilder<TakenLock>();
        var calls = ImmutableArray.CreateBuilder<(IMethodSymbol, ImmutableArray<ISymbol>)>();
        var operations = body.DescendantsInFunction().ToList();
        var handled = operations.OfType<IInvocationOperation>()
            .Select(call => regions.EnteredBy(call) ?? regions.LeftBy(call)).Where(locked => locked is not null)
            .Select(locked => LockRegions.Identity(locked!)).OfType<ISymbol>().ToImmutableArray();
        var hasScopes = operations.Any(operation => operation is ILockOperation or IUsingOperation or IUsingDeclarationOperation);
        foreach (var operation in operations)
        {
            // Nobody else has an object that is still being made.
            if (method.MethodKind != MethodKind.Constructor && withSemaphores.TakenBy(operation) is { } locked && LockRegions.Identity(locked) is { } taken)
            {
                takes.Add(new TakenLock(taken, locked.Syntax.GetLocation(), path: "", depth: 0));
            }

            var found = blocking.Find(operation) ?? (heavy.Find(operation, withQueries: false) is { } work ? new BlockingCall(work, isWait: false, isHeavy: true) : null);
            if (found is not null)
            {
                var givenUp = regions.GivenUpBy(operation) is { } gate && LockRegions.Identity(gate) is { } identity ? ImmutableArray.Create(identity) : ImmutableArray<ISymbol>.Empty;
                Add(blocks, new BlockingCall(found.Name, found.IsWait, found.IsHeavy) { At = operation.Syntax.GetLocation(), Spared = givenUp.AddRange(Spared(operation)) });
            }
            else if (graph.TargetOf(operation) is { } callee && !SymbolEqualityComparer.Default.Equals(callee, method))
            {
                calls.Add((callee, Spared(operation)));
            }
        }

        return new Body(blocks.ToImmutableArray(), calls.ToImmutable(), takes.ToImmutable());

        ImmutableArray<ISymbol> Spared(IOperation operation) =>
            hasScopes ? handled.AddRange(regions.ScopesAround(operation).Select(LockRegions.Identity).OfType<ISymbol>()) : handled;
    }

    private static void Add(List<BlockingCall> all, BlockingCall call)
    {
        var like = all.FindIndex(call.IsLike);
        if (like < 0)
        {
            all.Add(call);
        }
        else if (all[like].Depth > call.Depth)
        {
            all[like] = call;
        }
    }

    private sealed class Body(ImmutableArray<BlockingCall> blocks, ImmutableArray<(IMethodSymbol Callee, ImmutableArray<ISymbol> Spared)> calls, ImmutableArray<TakenLock> takes)
    {
        public static Body Empty { get; } =
            new(ImmutableArray<BlockingCall>.Empty, ImmutableArray<(IMethodSymbol, ImmutableArray<ISymbol>)>.Empty, ImmutableArray<TakenLock>.Empty);

        public ImmutableArray<TakenLock> Takes { get; } = takes;

        public ImmutableArray<BlockingCall> Blocks { get; } = blocks;

        public ImmutableArray<(IMethodSymbol Callee, ImmutableArray<ISymbol> Spared)> Calls { get; } = calls;
    }
}
