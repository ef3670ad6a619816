using System.Text.RegularExpressions;

namespace Hardening.Cli.Projects;

/// <summary>An error that a build told.</summary>
/// <param name="Project">The project file; null where it names none.</param>
/// <param name="Framework">The framework that was built; null where it is not told.</param>
/// <param name="Code">Such as <c>CS0246</c>.</param>
/// <param name="Text">In one line, with the place.</param>
internal sealed partial record BuildError(string? Project, string? Framework, string Code, string Text)
{
    /// <summary>Whether packages could not be had.</summary>
    public bool IsOfRestore => Code.StartsWith("NU", StringComparison.Ordinal);

    /// <returns>Null where the line tells no error.</returns>
    public static BuildError? Parse(string line)
    {
        if (Line().Match(line) is not { Success: true } match)
        {
            return null;
        }

        var (origin, code, text) = (match.Groups["origin"].Value.Trim(), match.Groups["code"].Value, match.Groups["text"].Value.Trim());
        var where = match.Groups["project"].Value.Split("::TargetFramework=");
        // A restore of a solution names the solution at the end, and the project at the beginning.
        var project = IsProject(origin) ? origin : IsProject(where[0]) ? where[0] : null;
        var place = IsProject(origin) || origin is "" or "MSBUILD" or "CSC" ? "" : $"{origin}: ";
        return new BuildError(project, where is [_, var framework] ? framework : null, code, $"{place}{code}: {text}");
    }

    private static bool IsProject(string path) => path.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^\s*(?<origin>.*?)\s*:?\s*(?:[a-z]+ )?error (?<code>[A-Z]+[0-9]+)\s*:\s*(?<text>.*?)(?:\s*\[(?<project>[^\[\]]+)\])?\s*$")]
    private static partial Regex Line();
}
