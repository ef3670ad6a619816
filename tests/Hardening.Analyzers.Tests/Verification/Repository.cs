using System.Text.RegularExpressions;
using Hardening.Testing;

namespace Hardening.Analyzers.Tests.Verification;

/// <summary>The files of this repository that rules and tests are held against.</summary>
internal static partial class Repository
{
    private static readonly string[] CodeFolders = ["analyzers", "runtime", "samples", "tests", "tools"];

    public static string PathOf(params string[] parts) => Path.Combine([Baseline.RepositoryRoot, .. parts]);

    public static string Page(DiagnosticDescriptor rule) => File.ReadAllText(PathOf("docs", "rules", rule.Id + ".md"));

    /// <summary>The text under <c>## heading</c>.</summary>
    public static string Section(string page, string heading) =>
        Regex.Match(page, $@"^## {Regex.Escape(heading)}\n(?<text>.*?)(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline).Groups["text"].Value;

    /// <summary>The examples of a page: <c>violation</c> and <c>fixed</c>, and <c>declarations</c> that both are compiled with. Where a rule reads reports of stalls: <c>json evidence</c> beside the code, or the report itself as an example.</summary>
    public static ILookup<string, string> Examples(string page) =>
        Example().Matches(page).ToLookup(match => (match.Groups["language"].Value == "csharp" ? "" : "json ") + match.Groups["kind"].Value, match => match.Groups["code"].Value);

    /// <summary>Every source of this repository, without what was built from it.</summary>
    public static IEnumerable<string> Sources() =>
        CodeFolders
            .Select(folder => PathOf(folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal);

    [GeneratedRegex("^```(?<language>csharp|json) (?<kind>violation|fixed|declarations|evidence)\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
