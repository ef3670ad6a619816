using System.Collections.Concurrent;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Where the methods of this compilation are used: found by name, then by meaning.</summary>
internal sealed class Callers(Compilation compilation, CallGraph graph)
{
    // What is used in more places is a tool of everyone, and says nothing about how often it runs.
    private const int MostUses = 32;

    // A name that stands in so many places is one that many methods have; to ask what each of them means takes longer than the answer is worth.
    private const int MostMentions = 64;

    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<IOperation>> _uses = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// All calls of the method and all places where it is given away as a delegate; by its own name or that of what it overrides or implements.
    /// Default where there are too many, or where code outside of this compilation may call it.
    /// </summary>
    public ImmutableArray<IOperation> Of(IMethodSymbol method) => _uses.GetOrAdd(method.OriginalDefinition, Find);

    /// <summary>The member in which an operation stands.</summary>
    public static ISymbol? MemberOf(IOperation operation)
    {
        var symbol = operation.SemanticModel?.GetEnclosingSymbol(operation.Syntax.SpanStart);
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
        {
            symbol = symbol.ContainingSymbol;
        }

        return symbol;
    }

    /// <summary>Code that is not part of this compilation cannot name the method.</summary>
    public bool AreAllHere(IMethodSymbol method)
    {
        if (compilation.Options.OutputKind is not (OutputKind.DynamicallyLinkedLibrary or OutputKind.NetModule))
        {
            return true;
        }

        for (ISymbol symbol = method; symbol is not (null or INamespaceSymbol); symbol = symbol.ContainingSymbol)
        {
            if (symbol.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal
                || symbol is IMethodSymbol { MethodKind: MethodKind.LocalFunction })
            {
                return true;
            }
        }

        return false;
    }

    private ImmutableArray<IOperation> Find(IMethodSymbol method)
    {
        var uses = ImmutableArray.CreateBuilder<IOperation>();
        var mentions = 0;
        foreach (var name in TreesThatCanSee(method).SelectMany(tree => Mentions.Of(method.Name, tree)))
        {
            if (++mentions > MostMentions)
            {
                return default;
            }

            var model = graph.ModelOf(name.SyntaxTree);
            if (Named(name, model) is { } used && Is((used.ReducedFrom ?? used).OriginalDefinition, method) && Use(name, model) is { } use)
            {
                if (uses.Count == MostUses)
                {
                    return default;
                }

                uses.Add(use);
            }
        }

        return uses.ToImmutable();
    }

    private IEnumerable<SyntaxTree> TreesThatCanSee(IMethodSymbol method) =>
        method.DeclaredAccessibility == Accessibility.Private || method.MethodKind == MethodKind.LocalFunction
            ? method.ContainingType.DeclaringSyntaxReferences.Select(part => part.SyntaxTree).Distinct()
            : compilation.SyntaxTrees;

    // A group of one method that becomes a Delegate is only a candidate.
    private static IMethodSymbol? Named(SimpleNameSyntax name, SemanticModel model)
    {
        var named = model.GetSymbolInfo(name);
        return (named.Symbol ?? (named.CandidateSymbols.Length == 1 ? named.CandidateSymbols[0] : null)) as IMethodSymbol;
    }

    // The call, or the method group.
    private static IOperation? Use(SimpleNameSyntax name, SemanticModel model)
    {
        SyntaxNode node = name.Parent is MemberAccessExpressionSyntax access && access.Name == name || name.Parent is MemberBindingExpressionSyntax ? name.Parent : name;
        return node.Parent is InvocationExpressionSyntax call && call.Expression == node
            ? model.GetOperation(call) as IInvocationOperation
            : (model.GetOperation(node) ?? model.GetOperation(node.Parent!)) as IMethodReferenceOperation;
    }

    private static bool Is(IMethodSymbol used, IMethodSymbol method)
    {
        for (var current = method; current is not null; current = current.OverriddenMethod?.OriginalDefinition)
        {
            if (SymbolEqualityComparer.Default.Equals(used, current) || SymbolEqualityComparer.Default.Equals(used, current.PartialDefinitionPart))
            {
                return true;
            }
        }

        return used.ContainingType.TypeKind == TypeKind.Interface
            && method.ContainingType.AllInterfaces.SelectMany(type => type.GetMembers(used.Name)).Any(member =>
                SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, used)
                && SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member)?.OriginalDefinition, method));
    }
}
