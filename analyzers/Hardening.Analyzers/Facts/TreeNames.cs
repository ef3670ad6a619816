using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Which names a document uses. A tree never changes, so an editor reads again only what was typed.</summary>
internal static class TreeNames
{
    private static readonly ConditionalWeakTable<SyntaxTree, HashSet<string>> All = new();

    /// <summary>The places where the name stands for something that is used: no declarations.</summary>
    public static IEnumerable<SimpleNameSyntax> Of(string name, SyntaxTree tree) =>
        All.GetValue(tree, Read).Contains(name)
            ? tree.GetRoot().DescendantTokens().Where(token => token.ValueText == name && token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.Parent).OfType<SimpleNameSyntax>()
            : [];

    private static HashSet<string> Read(SyntaxTree tree)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in tree.GetRoot().DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && token.Parent is SimpleNameSyntax)
            {
                names.Add(token.ValueText);
            }
        }

        return names;
    }
}
