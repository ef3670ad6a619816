using System.IO.Enumeration;

namespace Hardening.Cli.Scanning;

/// <summary>Finds the stall reports that are named on the command line.</summary>
internal static class EvidenceFiles
{
    private const string Ending = ".hardening.json";

    /// <param name="patterns">Files, folders (all reports below them), or patterns with <c>*</c>, <c>?</c>, and <c>**</c> for any folders.</param>
    /// <returns>Full paths, each once, in order.</returns>
    /// <exception cref="CommandFailedException">One names nothing.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> patterns) => [.. patterns.SelectMany(Find).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<string> Find(string pattern)
    {
        if (File.Exists(pattern))
        {
            return pattern.EndsWith(Ending, StringComparison.OrdinalIgnoreCase) ? [Path.GetFullPath(pattern)] : throw CommandFailedException.WrongUse($"'{pattern}' is no stall report: their names end in {Ending}");
        }

        var found = Directory.Exists(pattern) ? Below(pattern, _ => true) : pattern.IndexOfAny(['*', '?']) >= 0 ? Matching(pattern) : [];
        return found is [] ? throw new CommandFailedException($"no stall report is found for '{pattern}': their names end in {Ending}") : found;
    }

    private static IReadOnlyList<string> Matching(string pattern)
    {
        // Down to the first part that is a pattern, the path is a folder.
        var parts = Path.GetFullPath(pattern).Split(Path.DirectorySeparatorChar);
        var fixedParts = parts.TakeWhile(part => part.IndexOfAny(['*', '?']) < 0).ToArray();
        var folder = string.Join(Path.DirectorySeparatorChar, fixedParts) + Path.DirectorySeparatorChar;
        var rest = parts[fixedParts.Length..];
        return Directory.Exists(folder) ? Below(folder, path => Matches(Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar), rest)) : [];
    }

    private static bool Matches(ArraySegment<string> path, ArraySegment<string> pattern) =>
        pattern.Count == 0 ? path.Count == 0
        : pattern[0] == "**" ? Matches(path, pattern[1..]) || (path.Count > 0 && Matches(path[1..], pattern))
        : path.Count > 0 && FileSystemName.MatchesSimpleExpression(pattern[0], path[0]) && Matches(path[1..], pattern[1..]);

    private static IReadOnlyList<string> Below(string folder, Func<string, bool> isWanted) =>
        [.. Directory.EnumerateFiles(folder, "*" + Ending, new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Select(Path.GetFullPath).Where(isWanted)];
}
