using System.Text;
using Hardening.Cli.Projects;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Fixing;

/// <summary>What would change, as one unified diff that git and patch can apply.</summary>
internal static class TreeDiff
{
    public static async Task<string> OfAsync(FixPlan plan, string root, CancellationToken stop)
    {
        using var scratch = new ScratchFolder();
        foreach (var file in plan.Units.SelectMany(unit => unit.Files))
        {
            var relative = Path.GetRelativePath(root, file.Path);
            relative = relative.StartsWith("..", StringComparison.Ordinal) ? file.Path.TrimStart('/') : relative; // a linked file from elsewhere
            Write(Path.Combine(scratch.Path, "a", relative), file.Old);
            Write(Path.Combine(scratch.Path, "b", relative), file.New);
        }

        return plan.Units.Any(unit => unit.Files.Count > 0) ? await GitTree.DiffAsync(scratch.Path, "a", "b", stop) : "";
    }

    private static void Write(string path, SourceText text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new StreamWriter(path, append: false, text.Encoding ?? new UTF8Encoding(false));
        text.Write(writer);
    }
}
