using System.Globalization;
using Hardening.Cli.Projects;
using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Scanning;

/// <summary>A diagnostic of one project, with all that is wanted of its compilation, which it does not keep alive.</summary>
/// <param name="Finding">Without its fingerprint.</param>
/// <param name="LineText">The source line that it begins in, without white space; the message where it is in no source.</param>
/// <param name="Properties">What the rule tells tools.</param>
internal sealed record RawFinding(Finding Finding, string LineText, IReadOnlyDictionary<string, string?> Properties)
{
    /// <summary>The same for the same place of the same rule, whatever the project or the framework.</summary>
    public object Identity => (Finding.RuleId, Finding.Place);

    /// <returns>Null where it is not shown, or in no file that people wrote.</returns>
    public static RawFinding? Of(Diagnostic diagnostic, Project project, LoadedProject loaded, Compilation compilation, string root, CancellationToken stop)
    {
        var (location, tree) = (diagnostic.Location, diagnostic.Location.SourceTree);
        if (Severities.Of(diagnostic.Severity) is not { } severity || (tree is not null && (project.GetDocument(tree) is not { } document || !LoadedCode.IsSource(document))))
        {
            return null;
        }

        var message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
        var text = tree?.GetText(stop);
        var span = location.GetLineSpan().Span;
        var (snippet, start) = text is null ? ([], 0) : SourceLines.Snippet(text, span);
        var finding = new Finding
        {
            RuleId = diagnostic.Id,
            Severity = severity,
            Message = message,
            Place = location.Kind == LocationKind.None ? new FindingPlace(SourcePath.Tell(root, loaded.Path), 1, 1, 1, 1) : Place(location, root),
            Related = [.. diagnostic.AdditionalLocations.Where(other => other.Kind != LocationKind.None).Select(other => Place(other, root))],
            Symbol = tree is null ? "" : SourceLines.Symbol(compilation, tree, location.SourceSpan, stop),
            Snippet = snippet,
            SnippetStart = start,
            Project = project.Name,
            Fingerprint = "",
            Evidence = diagnostic.Properties.GetValueOrDefault("evidence"),
            IsFixable = RuleCatalog.Fixable.Contains(diagnostic.Id),
        };
        var line = text is null ? message : string.Concat(text.Lines[span.Start.Line].ToString().Where(letter => !char.IsWhiteSpace(letter)));
        return new RawFinding(finding, line, diagnostic.Properties);
    }

    private static FindingPlace Place(Location location, string root)
    {
        var span = location.GetLineSpan();
        return new FindingPlace(SourcePath.Tell(root, span.Path), span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1, span.EndLinePosition.Line + 1, span.EndLinePosition.Character + 1);
    }
}
