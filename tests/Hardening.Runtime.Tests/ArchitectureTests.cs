using System.Text.RegularExpressions;

namespace Hardening.Runtime.Tests;

/// <summary>Which folder may use which: read from the sources, so that an arrow that is not allowed fails here and not in a review.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        [""] = [], // what all share
        ["Interop"] = [],
        ["Stalls"] = ["Interop"],
        ["Camera"] = ["Stalls", "Interop"],
        ["Processes"] = ["Stalls", "Interop"],
        ["Pool"] = ["Processes", "Stalls", "Interop", "Camera"],
    };

    private static string Runtime => Path.Combine(Baseline.RepositoryRoot, "runtime", "Hardening.Runtime");

    [Test]
    public void No_folder_uses_one_that_it_may_not()
    {
        foreach (var file in Directory.EnumerateFiles(Runtime, "*.cs", SearchOption.AllDirectories))
        {
            var parts = Path.GetRelativePath(Runtime, file).Split(Path.DirectorySeparatorChar);
            var folder = parts.Length > 1 ? parts[0] : "";
            Assert.That(Allowed, Does.ContainKey(folder), $"{file}: a new folder needs its place in the architecture");
            foreach (Match use in Use().Matches(File.ReadAllText(file)))
            {
                Assert.That(use.Groups[1].Value, Is.AnyOf([folder, .. Allowed[folder]]), $"{file} uses Hardening.{use.Groups[1].Value}");
            }
        }
    }

    [Test]
    public void Native_functions_are_declared_in_Interop_alone()
    {
        foreach (var file in Directory.EnumerateFiles(Runtime, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("Interop", StringComparison.Ordinal)))
        {
            Assert.That(File.ReadAllText(file), Does.Not.Contain("LibraryImport").And.Not.Contain("DllImport"), file);
        }
    }

    [GeneratedRegex(@"^using Hardening\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Use();
}
