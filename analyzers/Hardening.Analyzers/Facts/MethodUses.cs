using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Where a document names a method or local function: its calls, and where it is made a delegate. Other documents are not this one's to read.</summary>
internal static class MethodUses
{
    private static readonly ConditionalWeakTable<SyntaxTree, ILookup<string, SimpleNameSyntax>> NamesByTree = new();

    /// <summary>Calls (<see cref="IInvocationOperation"/>) and method groups (<see cref="IMethodReferenceOperation"/>).</summary>
    public static IEnumerable<IOperation> Of(IMethodSymbol method, SemanticModel model)
    {
        foreach (var name in NamesOf(method.Name, model.SyntaxTree))
        {
            if (Use(model, name) is { } use && SymbolEqualityComparer.Default.Equals(Target(use)?.OriginalDefinition, method.OriginalDefinition))
            {
                yield return use;
            }
        }
    }

    /// <summary>All calls of methods with this name.</summary>
    public static IEnumerable<IInvocationOperation> CallsOf(string name, SemanticModel model) =>
        NamesOf(name, model.SyntaxTree).Select(found => Use(model, found)).OfType<IInvocationOperation>();

    /// <summary>All uses of properties with this name.</summary>
    public static IEnumerable<IPropertyReferenceOperation> PropertiesNamed(string name, SemanticModel model) =>
        NamesOf(name, model.SyntaxTree).Select(found => Use(model, found)).OfType<IPropertyReferenceOperation>();

    private static IEnumerable<SimpleNameSyntax> NamesOf(string name, SyntaxTree tree) => NamesByTree.GetValue(tree, Read)[name];

    private static IOperation? Use(SemanticModel model, SimpleNameSyntax name)
    {
        SyntaxNode node = name.Parent is MemberAccessExpressionSyntax access && access.Name == name || name.Parent is MemberBindingExpressionSyntax ? name.Parent : name;
        return model.GetOperation(node.Parent is InvocationExpressionSyntax call && call.Expression == node ? call : node) switch
        {
            IDelegateCreationOperation { Target: IMethodReferenceOperation reference } => reference,
            var use => use,
        };
    }

    private static IMethodSymbol? Target(IOperation use) => use switch
    {
        IInvocationOperation { TargetMethod: var called } => called.ReducedFrom ?? called,
        IMethodReferenceOperation { Method: var referenced } => referenced,
        _ => null,
    };

    private static ILookup<string, SimpleNameSyntax> Read(SyntaxTree tree) =>
        tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().ToLookup(name => name.Identifier.ValueText, StringComparer.Ordinal);
}
