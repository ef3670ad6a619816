using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Cli.Projects;

/// <summary>One run of the compiler within a build.</summary>
/// <param name="Project">The project file.</param>
/// <param name="Framework">The framework, such as <c>net10.0</c>; null where the project says none.</param>
/// <param name="Arguments">What it was called with.</param>
internal sealed record CapturedCompilation(string Project, string? Framework, CSharpCommandLineArguments Arguments)
{
    private const string ProjectMark = "project:";
    private const string FrameworkMark = "framework:";

    /// <summary>What the build wrote into a folder. A project that was compiled twice for one framework is here once, as it was at last.</summary>
    public static IReadOnlyList<CapturedCompilation> Read(string folder) =>
        [.. Directory.GetFiles(folder, "*.args").OrderByDescending(File.GetLastWriteTimeUtc).Select(ReadFile).OfType<CapturedCompilation>().DistinctBy(capture => (capture.Project, capture.Framework))
            .OrderBy(capture => capture.Project, StringComparer.Ordinal).ThenBy(capture => capture.Framework, StringComparer.Ordinal)];

    private static CapturedCompilation? ReadFile(string file)
    {
        var lines = File.ReadAllLines(file);
        if (lines is not [var project, var framework, ..] || !project.StartsWith(ProjectMark, StringComparison.Ordinal) || !framework.StartsWith(FrameworkMark, StringComparison.Ordinal))
        {
            return null;
        }

        project = project[ProjectMark.Length..];
        var name = framework[FrameworkMark.Length..];
        var arguments = CSharpCommandLineParser.Default.Parse(lines[2..], Path.GetDirectoryName(project), RuntimeEnvironment.GetRuntimeDirectory());
        return new CapturedCompilation(project, name is "" ? null : name, arguments);
    }
}
