using System.Collections.Concurrent;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Which locks are taken while which are held, and in which order.</summary>
internal sealed class LockOrder(CompilationFacts facts)
{
    private readonly ConcurrentDictionary<SyntaxTree, ILookup<ISymbol, Nesting>> _byTree = new();

    private LockRegions Regions => facts.Semaphores;

    /// <summary>All nestings whose outer lock is taken in the document, in its order, by the outer lock.</summary>
    public ILookup<ISymbol, Nesting> In(SyntaxTree tree) => _byTree.GetOrAdd(tree, Read);

    /// <summary>What is taken while the lock is held that this operation takes.</summary>
    public IEnumerable<Nesting> Of(IOperation operation, ISymbol member)
    {
        // Nobody else has an object that is still being made.
        if (member is IMethodSymbol { MethodKind: MethodKind.Constructor })
        {
            return [];
        }

        return Regions.ScopeOf(operation) is { } scope ? OfScope(operation, scope.Lock, scope.Body, member)
            : operation is IInvocationOperation call && Regions.EnteredBy(call) is { } entered ? OfCall(call, entered, member)
            : [];
    }

    /// <summary>
    /// The same lock of two objects, taken in the order in which a caller happens to give them: <c>lock (from._gate) lock (to._gate)</c>.
    /// Null where the method compares anything, for that may be what brings them into an order.
    /// </summary>
    public Nesting? OfExchangeable(ILockOperation inner, ISymbol member)
    {
        if (member is not IMethodSymbol { DeclaredAccessibility: not Accessibility.Private } || Regions.ScopeOf(inner)?.Lock is not IMemberReferenceOperation second)
        {
            return null;
        }

        foreach (var outer in Regions.ScopesAround(inner))
        {
            if (outer is IMemberReferenceOperation first && AreSame(first.Member, second.Member)
                && Given(first.Instance) is { } one && Given(second.Instance) is { } other && !AreSame(one, other)
                && !inner.Function().DescendantsInFunction().Any(IsComparison))
            {
                return new Nesting(first.Member, first.Syntax.GetLocation(), new TakenLock(second.Member, second.Syntax.GetLocation(), path: "", depth: 0), second.Syntax, ImmutableArray<ISymbol>.Empty, member)
                {
                    Path = $"'{Names.Of(first.Syntax)}' → '{Names.Of(second.Syntax)}'",
                };
            }
        }

        return null;

        ISymbol? Given(IOperation? instance) => instance?.Unwrap() switch
        {
            IInstanceReferenceOperation => member.ContainingType,
            IParameterReferenceOperation { Parameter: var parameter } => parameter,
            _ => null,
        };
    }

    private static bool IsComparison(IOperation operation) => operation
        is IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual }
        or IInvocationOperation { TargetMethod.Name: "CompareTo" or "Compare" or "CompareOrdinal" or "GetHashCode" };

    private IEnumerable<Nesting> OfScope(IOperation scope, IOperation held, IEnumerable<IOperation> body, ISymbol member)
    {
        if (LockRegions.Identity(held) is not { } outer)
        {
            return [];
        }

        var around = Regions.ScopesAround(scope).Concat(HeldByCalls(scope)).Select(LockRegions.Identity).OfType<ISymbol>().ToImmutableArray();
        return body.SelectMany(statement => statement.DescendantsInFunction())
            .TakeWhile(operation => operation is not IInvocationOperation call || Regions.LeftBy(call) is not { } left || !LockRegions.AreSame(left, held))
            .SelectMany(operation => Nestings(operation, held, outer, around, member));
    }

    private IEnumerable<Nesting> OfCall(IInvocationOperation entering, IOperation held, ISymbol member)
    {
        if (LockRegions.Identity(held) is not { } outer)
        {
            yield break;
        }

        foreach (var operation in entering.Function().DescendantsInFunction())
        {
            if (operation.Syntax.SpanStart <= entering.Syntax.SpanStart)
            {
                continue;
            }

            var locks = HeldByCalls(operation);
            var place = IndexOf(locks, held);
            if (place >= 0)
            {
                var around = locks.Take(place).Concat(Regions.ScopesAround(entering)).Select(LockRegions.Identity).OfType<ISymbol>().ToImmutableArray();
                foreach (var nesting in Nestings(operation, held, outer, around, member))
                {
                    yield return nesting;
                }
            }
        }
    }

    private static int IndexOf(ImmutableArray<IOperation> locks, IOperation held)
    {
        for (var index = 0; index < locks.Length; index++)
        {
            if (LockRegions.AreSame(locks[index], held))
            {
                return index;
            }
        }

        return -1;
    }

    // A scope stands as a whole in the tree; in the flow only the value that it locks does.
    private ImmutableArray<IOperation> HeldByCalls(IOperation operation) =>
        Regions.HeldByCalls(operation) is { IsDefault: false } held ? held
            : Regions.ScopeOf(operation) is { } scope && Regions.HeldByCalls(scope.Lock) is { IsDefault: false } heldThere ? heldThere
            : ImmutableArray<IOperation>.Empty;

    private IEnumerable<Nesting> Nestings(IOperation operation, IOperation held, ISymbol outer, ImmutableArray<ISymbol> around, ISymbol member)
    {
        if (Regions.TakenBy(operation) is { } taken)
        {
            if (LockRegions.Identity(taken) is { } inner && !AreSame(inner, outer))
            {
                yield return new Nesting(outer, held.Syntax.GetLocation(), new TakenLock(inner, taken.Syntax.GetLocation(), path: "", depth: 0), taken.Syntax, around, member);
            }
        }
        else
        {
            foreach (var further in facts.Summaries.Taken(operation))
            {
                if (!AreSame(further.Lock, outer))
                {
                    yield return new Nesting(outer, held.Syntax.GetLocation(), further, operation.Syntax, around, member);
                }
            }
        }
    }

    private ILookup<ISymbol, Nesting> Read(SyntaxTree tree)
    {
        var model = facts.Graph.ModelOf(tree);
        var found = new List<Nesting>();
        foreach (var node in tree.GetRoot().DescendantNodes())
        {
            if (node is LockStatementSyntax or UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } or InvocationExpressionSyntax
                && model.GetOperation(node) is { } operation && Callers.MemberOf(operation) is { } member)
            {
                found.AddRange(Of(operation, member));
            }
        }

        return found.ToLookup(nesting => nesting.Outer, SymbolEqualityComparer.Default);
    }

    private static bool AreSame(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
}

/// <summary>One lock is taken while another is held.</summary>
internal sealed class Nesting(ISymbol outer, Location outerAt, TakenLock inner, SyntaxNode site, ImmutableArray<ISymbol> around, ISymbol member)
{
    public ISymbol Outer { get; } = outer;

    public ISymbol Inner => inner.Lock;

    public Location OuterAt { get; } = outerAt;

    public Location InnerAt => inner.At;

    /// <summary>The lock expression, or the call that leads to it, in the member that holds the outer lock.</summary>
    public Location Site { get; } = site.GetLocation();

    /// <summary>The locks that are held around both.</summary>
    public ImmutableArray<ISymbol> Around { get; } = around;

    public ISymbol Member { get; } = member;

    /// <summary><c>'Accounts._gate' → Write → 'Journal._gate'</c></summary>
    public string Path { get; init; } = $"'{Name(outer)}' → {inner.Path}'{Name(inner.Lock)}'";

    private static string Name(ISymbol locked) => locked is INamedTypeSymbol type ? $"the {type.Name}" : $"{locked.ContainingType.Name}.{locked.Name}";
}
