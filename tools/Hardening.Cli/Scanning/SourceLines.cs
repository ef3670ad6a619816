using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Scanning;

/// <summary>What the source says at a finding, and around it.</summary>
internal static class SourceLines
{
    private const int Around = 2;
    private const int Most = 12;
    private const int LongestLine = 400;

    /// <summary>The lines around a span, and the number of the first.</summary>
    public static (IReadOnlyList<string> Lines, int Start) Snippet(SourceText text, LinePositionSpan span)
    {
        var first = Math.Max(0, span.Start.Line - Around);
        var last = Math.Min(Math.Min(text.Lines.Count - 1, span.End.Line + Around), first + Most - 1);
        return ([.. Enumerable.Range(first, Math.Max(0, last - first + 1)).Select(line => Cut(text.Lines[line].ToString()))], first + 1);
    }

    /// <summary>The member that a place is in, such as <c>Inspection.Server.Run(int)</c>; its type where it is in none; empty at top level.</summary>
    public static string Symbol(Compilation compilation, SyntaxTree tree, TextSpan span, CancellationToken stop)
    {
        var node = tree.GetRoot(stop).FindNode(span, getInnermostNodeForTie: true);
        SyntaxNode? member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>(candidate => candidate is not (BaseNamespaceDeclarationSyntax or GlobalStatementSyntax));
        if (member is BaseFieldDeclarationSyntax fields)
        {
            member = node.FirstAncestorOrSelf<VariableDeclaratorSyntax>(variable => variable.Parent == fields.Declaration) ?? fields.Declaration.Variables.First();
        }

        var symbol = member is null ? null : compilation.GetSemanticModel(tree).GetDeclaredSymbol(member, stop);
        return symbol?.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat) ?? "";
    }

    private static string Cut(string line) => line.Length <= LongestLine ? line : string.Concat(line.AsSpan(0, LongestLine), "…");
}
