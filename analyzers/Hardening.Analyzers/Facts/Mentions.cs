using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Where a document uses a name. Its text is searched before its syntax is looked at: most documents do not have the name.</summary>
internal static class Mentions
{
    public static bool Any(string text, SyntaxTree tree) => tree.GetText().ToString().IndexOf(text, StringComparison.Ordinal) >= 0;

    /// <summary>The places where the name stands for something that is used: no declarations.</summary>
    public static IEnumerable<SimpleNameSyntax> Of(string name, SyntaxTree tree)
    {
        var text = tree.GetText().ToString();
        for (var at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + name.Length, StringComparison.Ordinal))
        {
            var token = tree.GetRoot().FindToken(at);
            if (token.IsKind(SyntaxKind.IdentifierToken) && token.Span.Contains(at) && token.ValueText == name && token.Parent is SimpleNameSyntax use)
            {
                yield return use;
            }
        }
    }
}
