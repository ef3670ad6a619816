using System.Text.RegularExpressions;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Comparison;

/// <summary>One example of a rule's page, with the lines that the rule reports.</summary>
/// <param name="Code">The example.</param>
/// <param name="Declarations">The stand-ins for packages that it is compiled with.</param>
/// <param name="IsViolation">What the rule reports; otherwise what it is silent on.</param>
/// <param name="Marked">The lines, from 1, that the rule reports.</param>
internal sealed record RuleExample(string Code, IReadOnlyList<string> Declarations, bool IsViolation, IReadOnlySet<int> Marked);

/// <summary>The page of one of our rules.</summary>
internal sealed partial record RulePage(string Id, string Title, IReadOnlyList<RuleExample> Examples)
{
    // They report what was measured, and no other package is told.
    private const string Evidence = "HRD9";

    public static IReadOnlyList<RulePage> Load(string folder, string? wanted)
    {
        RulePage[] pages = [.. Directory.GetFiles(folder, "HRD*.md").Order(StringComparer.Ordinal).Select(Read)
            .Where(page => wanted is null ? !page.Id.StartsWith(Evidence, StringComparison.Ordinal) : page.Id == wanted)];
        return pages.Length > 0 ? pages : throw new BenchmarkException($"--rule must be the id of a rule with a page in '{folder}', but '{wanted}' has none", isBadInput: true);
    }

    private static RulePage Read(string path)
    {
        var text = File.ReadAllText(path);
        var id = Path.GetFileNameWithoutExtension(path);
        var blocks = Block().Matches(text).ToLookup(block => block.Groups["kind"].Value, block => block.Groups["code"].Value);
        string[] declarations = [.. blocks["declarations"]];
        return new RulePage(id, text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..text.IndexOf('\n', StringComparison.Ordinal)],
        [
            .. blocks["violation"].Select(code => new RuleExample(code, declarations, IsViolation: true, MarkedIn(code, id))),
            .. blocks["fixed"].Select(code => new RuleExample(code, declarations, IsViolation: false, MarkedIn(code, id))),
        ]);
    }

    private static HashSet<int> MarkedIn(string code, string id) =>
        [.. code.Split('\n').Index().Where(line => line.Item.Contains($"// {id}", StringComparison.Ordinal)).Select(line => line.Index + 1)];

    [GeneratedRegex("^```csharp (?<kind>violation|fixed|declarations)\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
