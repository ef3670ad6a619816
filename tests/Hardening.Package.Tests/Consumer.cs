using System.Text.Json;
using System.Text.RegularExpressions;
using Hardening.Testing;

namespace Hardening.Package.Tests;

/// <summary>A project that takes the package from the folder that it was packed to, and from nowhere else.</summary>
internal sealed partial class Consumer
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(PackedAnalyzers.Folder, Guid.NewGuid().ToString("N"))).FullName;

    public Consumer(IEnumerable<KeyValuePair<string, string>> files, string properties = "")
    {
        var version = Path.GetFileNameWithoutExtension(Directory.GetFiles(PackedAnalyzers.Source, "*.nupkg").Single())["Hardening.Analyzers.".Length..];
        Write("nuget.config",
            $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{PackedAnalyzers.Source}" />
              </packageSources>
            </configuration>
            """);
        Write("Consumer.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <ErrorLog>findings.sarif,version=2.1</ErrorLog>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Hardening.Analyzers" Version="{version}" PrivateAssets="all" />
              </ItemGroup>
            </Project>
            """);
        foreach (var (name, text) in files)
        {
            Write(name, text);
        }
    }

    /// <summary>The violations of the rule pages, by file: what the docs say is reported. Names of files begin with the rule's.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Violations() =>
        Directory.GetFiles(Path.Combine(Baseline.RepositoryRoot, "docs", "rules"), "HRD*.md")
            .Select(page => (Id: Path.GetFileNameWithoutExtension(page), Text: File.ReadAllText(page)))
            .SelectMany(page => Violation().Matches(page.Text)
                // Declarations of foreign types may be the same on several pages.
                .Where(example => example.Groups["language"].Value == "json" || !page.Text.Contains("```csharp declarations", StringComparison.Ordinal))
                .DistinctBy(example => example.Groups["language"].Value)
                .Select(example => FileOf(page.Id, example.Groups["language"].Value, example.Groups["code"].Value)));

    public Task<DotnetResult> BuildAsync(CancellationToken cancellation, params string[] arguments) =>
        Dotnet.RunAsync(_folder, PackedAnalyzers.Packages, cancellation, ["build", .. arguments]);

    /// <summary>What the compiler wrote about the rules of ours, as rule and level.</summary>
    public IEnumerable<(string Id, string Level)> Findings()
    {
        using var log = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "findings.sarif")));
        Assert.That(log.RootElement.GetProperty("version").GetString(), Is.EqualTo("2.1.0"));
        return [.. from run in log.RootElement.GetProperty("runs").EnumerateArray()
            from result in run.GetProperty("results").EnumerateArray()
            let id = result.GetProperty("ruleId").GetString()!
            where id.StartsWith("HRD", StringComparison.Ordinal)
            select (id, result.GetProperty("level").GetString()!)];
    }

    // Reports of stalls go where the package looks for them, and name what they name in the namespace of their page.
    private static KeyValuePair<string, string> FileOf(string id, string language, string code) => language == "json"
        ? KeyValuePair.Create($"evidence/{id}.hardening.json", Mark().Replace(code, "").Replace("\"method\": \"Store.", $"\"method\": \"{id}Page.Store.", StringComparison.Ordinal))
        : KeyValuePair.Create($"{id}.cs", $"namespace {id}Page;\n{code}");

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    [GeneratedRegex(" // HRD[0-9]{4}$", RegexOptions.Multiline)]
    private static partial Regex Mark();

    [GeneratedRegex("^```(?<language>csharp|json) (?:violation|evidence)\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Violation();
}
