using System.Reflection;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>What the build of this program knew: where its compiler, its references and the rules are.</summary>
internal static class BuildFacts
{
    public static string Compiler => Get("Compiler");

    public static string Sdk => Get("Sdk");

    /// <summary>The rules that this build has made.</summary>
    public static string Rules => Get("Rules");

    public static string Repository => Get("Repository");

    public static string Presets => Get("Presets");

    /// <summary>The command that this SDK belongs to: <c>dotnet/sdk/10.0.401/Roslyn/bincore/csc.dll</c> is five folders below it.</summary>
    public static string Dotnet => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Compiler)!, "..", "..", "..", "..", "dotnet"));

    /// <summary>The reference assemblies of .NET and ASP.NET, each name once.</summary>
    public static IEnumerable<string> References() =>
        from pack in (string[])["Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref"]
        let versions = Directory.GetDirectories(Path.Combine(Get("ReferencePacks"), pack))
        let newest = versions.MaxBy(path => Version.Parse(Path.GetFileName(path).Split('-')[0]))
        from file in Directory.GetFiles(Path.Combine(newest, "ref", $"net{Environment.Version.Major}.0"), "*.dll").Order(StringComparer.Ordinal)
        group file by Path.GetFileName(file) into sameName
        select sameName.First();

    private static string Get(string key) =>
        typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value!;
}
