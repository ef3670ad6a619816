using System.Globalization;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>C# files that compile as one library against the reference assemblies of .NET and ASP.NET, and nothing else.</summary>
internal sealed class SourceTree
{
    private SourceTree(string name, IReadOnlyList<string> files, int lines) => (Name, Files, Lines) = (name, files, lines);

    public string Name { get; }

    public IReadOnlyList<string> Files { get; }

    public int Lines { get; }

    public double KiloLines => Lines / 1000.0;

    public static SourceTree Load(string folder, string name)
    {
        if (!Directory.Exists(folder))
        {
            throw new BenchmarkException($"--tree must be a folder of C# files, but '{folder}' does not exist", isBadInput: true);
        }

        string[] files = [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !IsBuilt(Path.GetRelativePath(folder, file))).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new BenchmarkException($"--tree must be a folder of C# files, but '{folder}' has none", isBadInput: true);
        }

        return new SourceTree(name, files, files.Sum(file => File.ReadLines(file).Count()));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}, {Files.Count:N0} files, {KiloLines:F1} kLOC");

    private static bool IsBuilt(string path) => path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");
}
