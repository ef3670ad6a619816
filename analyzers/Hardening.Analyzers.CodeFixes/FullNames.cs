using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers;

/// <summary>Names that a fix writes in full, so that they mean the same everywhere, and that the document's usings then shorten.</summary>
internal static class FullNames
{
    public static T Shorten<T>(T written)
        where T : SyntaxNode =>
        written.ReplaceNodes(
            written.DescendantNodesAndSelf().Where(node => node is MemberAccessExpressionSyntax or QualifiedNameSyntax && node.ToString().StartsWith("global::", StringComparison.Ordinal)),
            (_, node) => node.WithAdditionalAnnotations(Simplifier.Annotation));
}
