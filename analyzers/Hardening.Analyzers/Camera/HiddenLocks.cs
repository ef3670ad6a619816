using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Camera;

/// <summary>
/// Locks that a method takes inside of what it calls. Many are held for a few instructions, such as that of a pool or a ring, and nobody has to wait there;
/// only one that somebody holds for long counts.
/// </summary>
internal sealed class HiddenLocks(Compilation compilation, CompilationFacts facts)
{
    private readonly ConcurrentDictionary<ISymbol, bool> _areHeldForLong = new(SymbolEqualityComparer.Default);

    /// <summary>The first lock behind the call that somebody holds for long.</summary>
    public TakenLock? Behind(IOperation operation)
    {
        foreach (var taken in facts.Summaries.Taken(operation))
        {
            if (_areHeldForLong.GetOrAdd(taken.Lock, IsHeldForLong))
            {
                return taken;
            }
        }

        return null;
    }

    private bool IsHeldForLong(ISymbol locked) =>
        locked is IFieldSymbol or IPropertySymbol
        && TreesThatSee(locked).SelectMany(tree => Mentions.Of(locked.Name, tree)).Any(name => BodiesUnder(name).Any(IsLong));

    private IEnumerable<SyntaxTree> TreesThatSee(ISymbol locked) => locked.DeclaredAccessibility == Accessibility.Private
        ? locked.ContainingType.DeclaringSyntaxReferences.Select(part => part.SyntaxTree).Distinct()
        : compilation.SyntaxTrees;

    // lock (_gate) …, using (_gate.EnterScope()) …, Monitor.Enter(_gate); try …
    private IEnumerable<IOperation> BodiesUnder(SimpleNameSyntax name)
    {
        var node = name.Ancestors().FirstOrDefault(node => node is StatementSyntax or InvocationExpressionSyntax { Parent: ExpressionStatementSyntax });
        return node is not null && facts.Graph.ModelOf(node.SyntaxTree).GetOperation(node) is { } operation
            ? facts.Regions.ScopeOf(operation)?.Body ?? LockedTry.Of(operation, facts.Regions)?.Body ?? []
            : [];
    }

    private bool IsLong(IOperation body) => body.DescendantsInFunction().Any(operation =>
        operation is ILoopOperation || facts.Blocking.FindThrough(operation) is not null || facts.Heavy.Find(operation, withQueries: true) is not null);
}
