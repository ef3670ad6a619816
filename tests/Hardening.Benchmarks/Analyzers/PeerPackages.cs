using System.Diagnostics;
using System.Text.Json;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>The rules of others, restored as any project would get them, in a project outside of the repository.</summary>
internal sealed class PeerPackages(ChildProgram child, string scratch, bool withRulesOfTheSdk = false)
{
    private static readonly (string Name, string Version)[] Others =
    [
        ("AsyncFixer", "2.1.0"),
        ("IDisposableAnalyzers", "4.0.8"),
        ("Meziantou.Analyzer", "3.0.321"),
        ("Microsoft.VisualStudio.Threading.Analyzers", "18.12.1"),
        ("Roslynator.Analyzers", "5.0.1"),
        ("SonarAnalyzer.CSharp", "10.36.0.15337"),
    ];

    // The SDK's own rules, as their package has them.
    private static readonly (string Name, string Version) OfTheSdk = ("Microsoft.CodeAnalysis.NetAnalyzers", "11.0.100");

    private readonly (string Name, string Version)[] _all = withRulesOfTheSdk ? [OfTheSdk, .. Others] : Others;

    private static readonly TimeSpan RestoreLimit = TimeSpan.FromMinutes(2);

    /// <summary>Restores all of them.</summary>
    /// <returns>Those that are there, and the others with the reason.</returns>
    public async Task<(IReadOnlyList<RuleSet> Found, IReadOnlyList<string> Missing)> RestoreAsync(CancellationToken stop)
    {
        if ((await ResolveAsync(_all, stop)).Items is { } items)
        {
            return ([.. _all.Select(peer => Take(peer.Name, items)!)], []);
        }

        // One that is missing fails the restore of all.
        List<RuleSet> found = [];
        List<string> missing = [];
        foreach (var peer in _all)
        {
            var (alone, problem) = await ResolveAsync([peer], stop);
            if (alone is not null)
            {
                found.Add(Take(peer.Name, alone)!);
            }
            else
            {
                missing.Add($"{peer.Name} {peer.Version}: {problem}");
            }
        }

        return (found, missing);
    }

    private async Task<(Dictionary<string, List<PackageFile>>? Items, string Problem)> ResolveAsync(IReadOnlyList<(string Name, string Version)> peers, CancellationToken stop)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "peers")).FullName;
        var references = peers.Select(peer => $"""    <PackageReference Include="{peer.Name}" Version="{peer.Version}" />""");
        await File.WriteAllTextAsync(Path.Combine(folder, "Peers.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <EnableNETAnalyzers>false</EnableNETAnalyzers>
              </PropertyGroup>
              <ItemGroup>
            {string.Join('\n', references)}
              </ItemGroup>
            </Project>
            """, stop);
        var start = new ProcessStartInfo(BuildFacts.Dotnet,
        [
            "build", "Peers.csproj", "-restore", "-t:ResolveLockFileAnalyzers", "-getItem:Analyzer,AdditionalFiles,EditorConfigFiles,GlobalAnalyzerConfigFiles", "--disable-build-servers",
        ])
        {
            WorkingDirectory = folder,
            Environment = { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["MSBUILDTERMINALLOGGER"] = "off" },
        };
        // The build that started this program set them for itself.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) && name != "MSBUILDTERMINALLOGGER").ToList())
        {
            start.Environment.Remove(name);
        }

        var result = await child.RunAsync(start, RestoreLimit, stop);
        if (result.ExitCode != 0 || Parse(result.Output) is not { } items)
        {
            return (null, (result.Output + result.Errors).Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim() ?? $"restore exited with {result.ExitCode}");
        }

        return peers.FirstOrDefault(peer => Take(peer.Name, items) is null) is { Name: { } empty } ? (null, $"{empty} brings no rules for C#") : (items, "");
    }

    private static Dictionary<string, List<PackageFile>>? Parse(string output)
    {
        var begin = output.IndexOf('{', StringComparison.Ordinal);
        using var document = begin < 0 ? null : JsonDocument.Parse(output[begin..(output.LastIndexOf('}') + 1)]);
        return document?.RootElement.GetProperty("Items").EnumerateObject().ToDictionary(
            kind => kind.Name, kind => kind.Value.EnumerateArray().Select(item => new PackageFile(item.GetProperty("Identity").GetString()!)).ToList());
    }

    private static RuleSet? Take(string name, Dictionary<string, List<PackageFile>> items)
    {
        var assemblies = Of("Analyzer");
        return assemblies is [var first, ..]
            ? new RuleSet(name, first.Version(name), Paths(assemblies), Paths(Of("AdditionalFiles")), [.. Paths(Of("EditorConfigFiles")), .. Paths(Of("GlobalAnalyzerConfigFiles"))])
            : null;

        List<PackageFile> Of(string kind) => items.TryGetValue(kind, out var files) ? [.. files.Where(file => file.IsOf(name))] : [];
        static string[] Paths(List<PackageFile> files) => [.. files.Select(file => file.Path)];
    }

    /// <summary>A file of a restored package: <c>…/packages/asyncfixer/2.1.0/analyzers/…</c>.</summary>
    private sealed record PackageFile(string Path)
    {
        private readonly string[] _parts = Path.Split('/', '\\');

        public bool IsOf(string package) => Place(package) >= 0;

        public string Version(string package) => _parts[Place(package) + 1];

        private int Place(string package) => Array.FindIndex(_parts, part => part.Equals(package, StringComparison.OrdinalIgnoreCase));
    }
}
