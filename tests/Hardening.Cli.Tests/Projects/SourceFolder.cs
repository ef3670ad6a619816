namespace Hardening.Cli.Tests.Projects;

/// <summary>A folder of sources of a test.</summary>
internal sealed class SourceFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("harden-sources-").FullName;

    public static SourceFolder Make() => new();

    /// <returns>The path of the file.</returns>
    public string Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
