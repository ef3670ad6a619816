using System.Text.RegularExpressions;

namespace Hardening.Analyzers.Tests.Realistic;

/// <summary>A diagnostic as a mark gives it: on which line of which document. Two of one id on a line are two.</summary>
internal sealed record Finding(string Document, int Line, string Id);

/// <summary>
/// A file of an application, kept as text: what must be reported is marked at the end of its line, <c>// HRD1003</c> or <c>// HRD1003, HRD2007</c>.
/// A line <c>// === Other.cs ===</c> begins a further document.
/// </summary>
internal sealed partial class RealisticFile
{
    private readonly Dictionary<string, string[]> _lines;

    private RealisticFile(string path)
    {
        Name = Path.GetFileName(path);
        var text = File.ReadAllText(path);
        LineCount = text.Count(character => character == '\n');
        Documents = Markup.Parse(text);
        _lines = Documents.ToDictionary(document => document.Name, document => document.Text.Split('\n'));
        Marked = [.. from document in _lines
                     from line in document.Value.Index()
                     from Capture id in Marks().Match(line.Item).Groups["id"].Captures
                     select new Finding(document.Key, line.Index, id.Value)];
    }

    public string Name { get; }

    public int LineCount { get; }

    public ImmutableArray<MarkedFile> Documents { get; }

    public ImmutableArray<Finding> Marked { get; }

    public static IEnumerable<RealisticFile> In(string folder) =>
        Directory.EnumerateFiles(Repository.PathOf("tests", "Hardening.Analyzers.Tests", "Realistic", folder), "*.cs")
            .Order(StringComparer.Ordinal)
            .Select(path => new RealisticFile(path));

    /// <summary>The finding with the text of its line.</summary>
    public string Describe(Finding finding) =>
        $"{finding.Id} {finding.Document}({finding.Line + 1}): {_lines[finding.Document][finding.Line].Trim()}";

    public override string ToString() => Name;

    [GeneratedRegex(@"// (?<id>HRD\d{4})(?:, (?<id>HRD\d{4}))*$")]
    private static partial Regex Marks();
}
