namespace Hardening.Cli.Scanning;

/// <summary>How files are told.</summary>
internal static class SourcePath
{
    /// <summary>Relative to the root with forward slashes; absolute where it is not below it.</summary>
    public static string Tell(string root, string path)
    {
        var relative = Path.GetRelativePath(root, path);
        return relative == ".." || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) || Path.IsPathRooted(relative) ? path : relative.Replace('\\', '/');
    }
}
