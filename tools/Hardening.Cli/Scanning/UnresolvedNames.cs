using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Cli.Scanning;

/// <summary>What loose code names and nobody declares.</summary>
internal static class UnresolvedNames
{
    private const int Told = 8;

    // A type, a part of a namespace, either after 'global::', a type that another assembly has.
    private static readonly string[] Ids = ["CS0246", "CS0234", "CS0400", "CS1069"];

    /// <returns>One line; null where all is known.</returns>
    public static string? Describe(IEnumerable<Diagnostic> diagnostics)
    {
        var counts = diagnostics.Where(diagnostic => Ids.Contains(diagnostic.Id)).Select(NameAt).OfType<string>()
            .CountBy(name => name, StringComparer.Ordinal).OrderByDescending(name => name.Value).ThenBy(name => name.Key, StringComparer.Ordinal).ToList();
        if (counts is [])
        {
            return null;
        }

        var most = string.Join(", ", counts.Take(Told).Select(name => $"{name.Key} ({name.Value})"));
        return $"{counts.Count} names in {counts.Sum(name => name.Value)} places could not be resolved, and rules are silent about what is behind them: {most}{(counts.Count > Told ? ", …" : "")}";
    }

    private static string? NameAt(Diagnostic diagnostic)
    {
        if (diagnostic.Location.SourceTree?.GetRoot().FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not { } node)
        {
            return null;
        }

        // In a using the whole name tells the library; elsewhere the part that is missing tells the type.
        var name = node;
        while (name.Parent is QualifiedNameSyntax qualified && (qualified.Right == name || node.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null))
        {
            name = qualified;
        }

        var text = name is GenericNameSyntax generic ? generic.Identifier.Text : name.ToString();
        return text.Split('<')[0];
    }
}
