namespace Hardening.Cli.Scanning.Reporting.Sarif;

/// <summary>
/// What paths in a log are relative to: the root of the repository that was scanned in, whatever part of it was scanned, as code scanning services take them to be; the folder that was scanned where
/// it is in none.
/// </summary>
internal sealed class SourceRoot
{
    public const string BaseId = "%SRCROOT%";

    private readonly string _prefix;

    public SourceRoot(string scanned)
    {
        scanned = Path.TrimEndingDirectorySeparator(Path.GetFullPath(scanned));
        var folder = new DirectoryInfo(scanned);
        while (folder is not null && !IsRepository(folder.FullName))
        {
            folder = folder.Parent;
        }

        var root = folder?.FullName ?? scanned;
        var below = Path.GetRelativePath(root, scanned);
        _prefix = below == "." ? "" : below.Replace(Path.DirectorySeparatorChar, '/') + "/";
        Uri = Absolute(Path.EndsInDirectorySeparator(root) ? root : root + "/");
    }

    /// <summary>Its own place, with a slash at the end.</summary>
    public string Uri { get; }

    /// <param name="file">Relative to what was scanned, or absolute.</param>
    public SarifArtifact Artifact(string file) =>
        Path.IsPathRooted(file) ? new SarifArtifact(Absolute(file), null) : new SarifArtifact(Escape(PathOf(file)), BaseId);

    /// <summary>The same as a path: not escaped.</summary>
    public string PathOf(string file) => Path.IsPathRooted(file) ? file : _prefix + file;

    // In a work tree of its own, or a submodule, it is a file.
    private static bool IsRepository(string folder) => Path.Exists(Path.Combine(folder, ".git"));

    private static string Absolute(string path)
    {
        var escaped = Escape(path);
        return escaped.StartsWith('/') ? "file://" + escaped : "file:///" + escaped.Replace("%3A", ":", StringComparison.Ordinal);
    }

    private static string Escape(string path) =>
        string.Join('/', path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Select(System.Uri.EscapeDataString));
}
