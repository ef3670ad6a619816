using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Hardening.Cli.Projects;

/// <summary>What a path asks for.</summary>
/// <param name="Root">The folder that paths are told relative to.</param>
/// <param name="BuildFile">What is given to the build; null where a solution has to be made for it, or there is nothing to build.</param>
/// <param name="Projects">The C# projects, as full paths.</param>
/// <param name="IsFolder">Whether a folder was asked for whose projects were looked for below it, so that code beside them belongs to it too.</param>
/// <param name="Notes">What was left out.</param>
internal sealed partial record LoadTarget(string Root, string? BuildFile, IReadOnlyList<string> Projects, bool IsFolder, IReadOnlyList<string> Notes)
{
    private static readonly string[] Solutions = [".slnx", ".sln", ".slnf"];

    /// <exception cref="CommandFailedException">It is not there, or not something to load.</exception>
    public static LoadTarget Find(string path)
    {
        path = Path.GetFullPath(path);
        if (Directory.Exists(path))
        {
            return OfFolder(path);
        }

        if (!File.Exists(path))
        {
            throw new CommandFailedException($"there is no '{path}': name a solution, a C# project or a folder");
        }

        var folder = Path.GetDirectoryName(path)!;
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csproj" => new LoadTarget(folder, path, [path], false, []),
            ".sln" or ".slnx" or ".slnf" => OfSolution(path),
            _ => throw CommandFailedException.WrongUse($"'{path}' is no .sln, .slnx, .slnf or .csproj file, and no folder"),
        };
    }

    private static LoadTarget OfFolder(string folder)
    {
        var files = Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToList();
        var solutions = files.Where(file => Path.GetExtension(file).ToLowerInvariant() is ".sln" or ".slnx").ToList();
        if (solutions.Select(Path.GetFileNameWithoutExtension).Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1)
        {
            throw CommandFailedException.WrongUse($"'{folder}' has several solutions ({string.Join(", ", solutions.Select(Path.GetFileName))}): name one");
        }

        if (solutions.Count > 0)
        {
            return OfSolution(solutions.MaxBy(file => file.Length)!); // the .slnx where there are both
        }

        var projects = files.Where(file => file.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase)).ToList();
        return projects is [var only] ? new LoadTarget(folder, only, [only], false, []) : new LoadTarget(folder, null, projects is [] ? SourceFolders.Projects(folder) : projects, true, []);
    }

    private static LoadTarget OfSolution(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        List<string> listed;
        try
        {
            listed = [.. Listed(file, folder).Select(path => Path.GetFullPath(path.Replace('\\', '/'), folder)).Distinct(StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is XmlException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CommandFailedException($"'{file}' is damaged: {failure.Message}");
        }

        var notes = listed.Where(path => !IsProject(path) && path.EndsWith("proj", StringComparison.OrdinalIgnoreCase))
            .Select(path => $"{Path.GetRelativePath(folder, path)} is no C# project: skipped.").ToList();
        notes.AddRange(listed.Where(path => IsProject(path) && !File.Exists(path)).Select(path => $"{Path.GetRelativePath(folder, path)} is in the solution but not on disk: skipped."));
        return new LoadTarget(folder, file, [.. listed.Where(path => IsProject(path) && File.Exists(path))], false, notes);
    }

    private static bool IsProject(string path) => path.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Listed(string file, string folder) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".slnx" => XDocument.Load(file).Descendants("Project").Select(project => (string?)project.Attribute("Path")).OfType<string>(),
        ".slnf" => Filtered(file, folder),
        _ => SolutionProject().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value),
    };

    // The paths of a filter are relative to its solution.
    private static IEnumerable<string> Filtered(string file, string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var solution = document.RootElement.GetProperty("solution");
        var from = Path.GetDirectoryName(Path.GetFullPath(solution.GetProperty("path").GetString()!.Replace('\\', '/'), folder))!;
        return [.. solution.GetProperty("projects").EnumerateArray().Select(project => Path.GetFullPath(project.GetString()!.Replace('\\', '/'), from))];
    }

    // A solution folder has no extension in its path, and is left out by that.
    [GeneratedRegex("""^Project\("\{[0-9A-Fa-f-]+\}"\)\s*=\s*"[^"]*",\s*"([^"]*)",""", RegexOptions.Multiline)]
    private static partial Regex SolutionProject();
}
