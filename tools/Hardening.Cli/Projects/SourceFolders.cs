namespace Hardening.Cli.Projects;

/// <summary>What people wrote below a folder: without what builds, editors and package managers put there.</summary>
internal static class SourceFolders
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", "packages", "TestResults"];
    private static readonly string[] Generated = [".g.cs", ".g.i.cs", ".designer.cs", ".generated.cs"];

    /// <summary>The C# files below a folder that are no generated ones, in order. Does not follow links to folders.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="isOther">Tells folders whose files are not wanted.</param>
    public static IEnumerable<string> SourceFiles(string root, Func<string, bool> isOther) =>
        Files(root, isOther).Where(file => file.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) && !Array.Exists(Generated, ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The C# projects below a folder, in order.</summary>
    public static IReadOnlyList<string> Projects(string root) => [.. Files(root, _ => false).Where(file => file.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase))];

    private static IEnumerable<string> Files(string root, Func<string, bool> isOther)
    {
        var waiting = new Stack<string>([root]);
        while (waiting.TryPop(out var folder))
        {
            foreach (var file in Entries(() => Directory.GetFiles(folder)))
            {
                yield return file;
            }

            foreach (var below in Entries(() => Directory.GetDirectories(folder)).Reverse())
            {
                if (!IsSkipped(below) && !isOther(below))
                {
                    waiting.Push(below);
                }
            }
        }
    }

    private static bool IsSkipped(string folder)
    {
        var name = Path.GetFileName(folder);
        return name.StartsWith('.') || Array.Exists(Skipped, skipped => name.Equals(skipped, StringComparison.OrdinalIgnoreCase)) || new DirectoryInfo(folder).LinkTarget is not null;
    }

    private static IEnumerable<string> Entries(Func<string[]> read)
    {
        try
        {
            return read().Order(StringComparer.Ordinal);
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }
}
