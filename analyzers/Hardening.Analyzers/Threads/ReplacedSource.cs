using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Threads;

/// <summary>A cancellation source in a private field that each round replaces, and that nothing in the type ever disposes.</summary>
internal sealed class ReplacedSource(IFieldSymbol kept, CancellationHold hold, CancellationTypes types, CompilationFacts facts)
{
    // Callers of callers.
    private const int MostCalls = 3;

    public string Name => kept.Name;

    /// <summary>Null where the value is not put into a field of the object that others can be put into.</summary>
    public static ReplacedSource? Of(IOperation created, CancellationHold hold, CancellationTypes types, CompilationFacts facts)
    {
        var value = created;
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return hold != CancellationHold.Registration
            && value.Parent is ISimpleAssignmentOperation
            {
                Target: IFieldReferenceOperation { Field: { DeclaredAccessibility: Accessibility.Private, IsReadOnly: false } field, Instance: null or IInstanceReferenceOperation },
            }
                ? new ReplacedSource(field.OriginalDefinition, hold, types, facts)
                : null;
    }

    /// <summary>What it is replaced per; null where it may be disposed, or where it is not seen to be replaced.</summary>
    public Root? RootOf(IOperation created, ISymbol containing) =>
        containing is IMethodSymbol { MethodKind: not (MethodKind.Constructor or MethodKind.StaticConstructor) }
        && !IsMadeOnce(created) && PerOf(created, containing, MostCalls) is { } root && IsNeverDisposed() ? root : null;

    // Asked whether there is one already.
    private bool IsMadeOnce(IOperation created) => Bodies.Operations(created.Function()).Any(operation =>
        operation is IFieldReferenceOperation { Field: var asked, Parent: IIsPatternOperation or IBinaryOperation or IConversionOperation { Parent: IBinaryOperation or IIsPatternOperation } }
        && SymbolEqualityComparer.Default.Equals(asked.OriginalDefinition, kept));

    // One caller that runs per item is enough, whoever else calls it.
    private Root? PerOf(IOperation operation, ISymbol? containing, int calls)
    {
        if (containing is null)
        {
            return null;
        }

        return facts.Roots.Of(operation, containing).FirstOrDefault()
            ?? (calls > 0 && containing is IMethodSymbol method && operation.Function() is not (IAnonymousFunctionOperation or ILocalFunctionOperation)
                ? CallsOf(method).Select(call => PerOf(call, Callers.MemberOf(call), calls - 1)).FirstOrDefault(root => root is not null)
                : null);
    }

    private IEnumerable<IOperation> CallsOf(IMethodSymbol method)
    {
        foreach (var tree in method.ContainingType.DeclaringSyntaxReferences.Select(part => part.SyntaxTree).Distinct())
        {
            foreach (var name in Mentions.Of(method.Name, tree))
            {
                var called = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } whole ? whole : (SyntaxNode)name;
                if (called.Parent is InvocationExpressionSyntax syntax
                    && facts.Graph.ModelOf(tree).GetOperation(syntax) is IInvocationOperation call
                    && SymbolEqualityComparer.Default.Equals(call.TargetMethod.OriginalDefinition, method.OriginalDefinition))
                {
                    yield return call;
                }
            }
        }
    }

    private bool IsNeverDisposed()
    {
        foreach (var tree in kept.ContainingType.DeclaringSyntaxReferences.Select(part => part.SyntaxTree).Distinct())
        {
            foreach (var use in MemberUses.Of(kept, facts.Graph.ModelOf(tree)))
            {
                if (MemberUses.WrittenBy(use) is { } written ? !IsOwn(written.Unwrap()) : MayEnd(use))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // What comes from elsewhere is ended elsewhere.
    private static bool IsOwn(IOperation value) =>
        value is IObjectCreationOperation or IInvocationOperation { TargetMethod.Name: "CreateLinkedTokenSource" } or IDefaultValueOperation or { ConstantValue: { HasValue: true, Value: null } };

    // A source that is cancelled gives its timer back, but stays in the tokens that it is linked to.
    private bool MayEnd(IOperation use)
    {
        var holding = types.Ownership.Follow(use);
        return holding.HasEscaped || holding.Ends.Count > 0
            || hold == CancellationHold.Timer && holding.Uses.Any(each => each.Parent is IInvocationOperation { TargetMethod.Name: "Cancel" or "CancelAsync" });
    }
}
