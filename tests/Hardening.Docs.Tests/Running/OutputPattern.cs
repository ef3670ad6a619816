using System.Text;
using System.Text.RegularExpressions;
using Hardening.Docs.Tests.Parsing;

namespace Hardening.Docs.Tests.Running;

/// <summary>
/// Compares an output with what a page says of it: each line of the page must come, in the order of the page; lines that the page leaves out may come between.
/// How many blanks are in a row does not matter. <c>…</c> stands for anything within a line, and a line of it alone for the lines that are left out.
/// </summary>
internal static partial class OutputPattern
{
    private const string Anything = "…";

    /// <summary>What is wrong, for people; null where the output is as the page says.</summary>
    /// <param name="line">Of the page, at which it differs.</param>
    public static string? Difference(SaidOutput said, string output, out int line)
    {
        var came = output.Split('\n').Select(Plain).ToList();
        var at = 0;
        var before = "";
        line = said.Line;
        foreach (var expected in said.Text.Split('\n').Select(Plain))
        {
            if (expected is not ("" or Anything))
            {
                var pattern = Pattern(expected, said.AnyFigures);
                var found = came.FindIndex(at, pattern.IsMatch);
                if (found < 0)
                {
                    return $"This line did not come{(before.Length > 0 ? $" after '{before}'" : "")}:\n  {expected}\nWhat came:\n{Indented(came)}";
                }

                (at, before) = (found + 1, expected);
            }

            line++;
        }

        return null;
    }

    private static Regex Pattern(string line, bool anyFigures)
    {
        var pattern = new StringBuilder("^");
        foreach (var part in anyFigures ? Parts().Split(line) : AnythingParts().Split(line))
        {
            pattern.Append(part == Anything ? ".*" : anyFigures && Figure().IsMatch(part) ? Figure().ToString() : Regex.Escape(part));
        }

        return new Regex(pattern.Append('$').ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    private static string Plain(string line) => Blanks().Replace(Escapes().Replace(line, ""), " ").Trim();

    private static string Indented(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => "  " + line)).TrimEnd();

    // Groups, so that the separators are kept.
    [GeneratedRegex(@"(…|[0-9](?:[0-9.,]*[0-9])?)")]
    private static partial Regex Parts();

    [GeneratedRegex("(…)")]
    private static partial Regex AnythingParts();

    [GeneratedRegex("[0-9](?:[0-9.,]*[0-9])?")]
    private static partial Regex Figure();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escapes();
}
