namespace RuleTour.Tour;

/// <summary>The pages of <c>docs/rules</c>, which are in this assembly.</summary>
internal static class RulePages
{
    /// <summary>Where the page of a rule is, from the repository's root.</summary>
    public static string PathOf(string id) => $"docs/rules/{id}.md";

    /// <summary>Whether <c>harden fix</c> has a fix for the rule; the index of the pages, which is generated, says so.</summary>
    public static bool HasFix(string id) =>
        Page("index").Split('\n').Single(line => line.StartsWith($"| [{id}]", StringComparison.Ordinal)).TrimEnd().EndsWith("| yes |", StringComparison.Ordinal);

    /// <summary>The text under a heading of the rule's page, such as <c>Why</c>.</summary>
    public static string Section(string id, string heading) =>
        string.Join('\n', Page(id).Split('\n').SkipWhile(line => line != $"## {heading}").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))).Trim();

    private static string Page(string name)
    {
        using var stream = typeof(RulePages).Assembly.GetManifestResourceStream(name + ".md")
            ?? throw new InvalidDataException($"docs/rules/{name}.md is not in the program; build the project anew: dotnet build samples/RuleTour --no-incremental");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
