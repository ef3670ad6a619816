using System.Text.RegularExpressions;

namespace Hardening.Docs.Tests;

/// <summary>What pages refer to is there.</summary>
public sealed partial class LinkTests
{
    private static IEnumerable<string> Pages =>
        Directory.EnumerateFiles(Path.Combine(Baseline.RepositoryRoot, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Baseline.RepositoryRoot, "README.md"))
            .Concat(Directory.EnumerateFiles(Path.Combine(Baseline.RepositoryRoot, "samples"), "README.md", SearchOption.AllDirectories));

    [Test]
    public void Every_link_leads_to_a_file_and_a_heading_of_it()
    {
        var broken = from page in Pages
                     from Match link in Link().Matches(Blocks().Replace(File.ReadAllText(page), ""))
                     where !link.Groups["path"].Value.Contains(':', StringComparison.Ordinal)
                     let target = link.Groups["path"].Length == 0 ? page : Path.GetFullPath(link.Groups["path"].Value, Path.GetDirectoryName(page)!)
                     where !(Path.Exists(target) && (link.Groups["heading"].Length == 0 || Headings(target).Contains(link.Groups["heading"].Value)))
                     select $"{Path.GetRelativePath(Baseline.RepositoryRoot, page)}: {link.Value}";
        Assert.That(broken, Is.Empty);
    }

    // As they are addressed: in lower case, blanks as hyphens, without punctuation.
    private static IEnumerable<string> Headings(string page) =>
        Heading().Matches(Blocks().Replace(File.ReadAllText(page), "")).Select(match => Punctuation().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<path>[^)#\s]*)(?:#(?<heading>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^ *```.*?^ *```\s*$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex Punctuation();
}
