using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Projects;

/// <summary>What .NET and ASP.NET are to a compiler: the reference packs of the SDK, or the shared frameworks where there are none.</summary>
internal static class ReferenceAssemblies
{
    private static readonly string[] Frameworks = ["Microsoft.NETCore.App", "Microsoft.AspNetCore.App", "Microsoft.WindowsDesktop.App"];

    /// <summary>The newest there are. Never empty: this program runs on one.</summary>
    public static IReadOnlyList<MetadataReference> Newest() =>
        [.. Frameworks.SelectMany(framework => Assemblies(DotnetInstallation.Root, framework)).DistinctBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase).Select(path => MetadataReference.CreateFromFile(path))];

    private static IEnumerable<string> Assemblies(string root, string framework)
    {
        if (NewestBelow(Path.Combine(root, "packs", framework + ".Ref")) is { } pack && Directory.Exists(Path.Combine(pack, "ref"))
            && Directory.GetDirectories(Path.Combine(pack, "ref")).Order(StringComparer.Ordinal).LastOrDefault() is { } references)
        {
            return Directory.GetFiles(references, "*.dll");
        }

        return NewestBelow(Path.Combine(root, "shared", framework)) is { } shared ? Directory.GetFiles(shared, "*.dll").Where(IsManaged) : [];
    }

    private static string? NewestBelow(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetDirectories(folder).MaxBy(version => Version.TryParse(Path.GetFileName(version).Split('-')[0], out var parsed) ? parsed : new Version(0, 0))
            : null;

    private static bool IsManaged(string path)
    {
        using var file = File.OpenRead(path);
        using var image = new System.Reflection.PortableExecutable.PEReader(file);
        return image.HasMetadata;
    }
}
