using Hardening.Testing;

namespace Hardening.Package.Tests.Publishing.Tool;

/// <summary>The command-line tool, packed once and installed as a user would.</summary>
[SetUpFixture]
public sealed class PackedTool
{
    private const int LimitSeconds = 300;

    internal static string Package => Path.Combine(Source, $"Hardening.Cli.{PackedRuntime.Version}.nupkg");

    internal static string Folder { get; } = Path.Combine(PackedRuntime.Folder, "tool");

    private static string Source => Path.Combine(PackedRuntime.Folder, "tool-source");

    [OneTimeSetUp]
    public async Task InstallAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(LimitSeconds));
        var usual = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var packed = await Dotnet.RunAsync(Baseline.RepositoryRoot, usual, limit.Token,
            "pack", "tools/Hardening.Cli", "-o", Source, $"-p:Version={PackedRuntime.Version}", "-p:UseOwnRules=false", "-p:RunAnalyzers=false",
            $"-p:ArtifactsPath={Path.Combine(PackedRuntime.Folder, "artifacts")}");
        Assert.That(packed.ExitCode, Is.Zero, packed.Output);
        var elsewhere = Directory.CreateDirectory(Path.Combine(PackedRuntime.Folder, "nowhere")).FullName;
        // It must need no other package.
        await File.WriteAllTextAsync(Path.Combine(elsewhere, "nuget.config"), "<configuration><packageSources><clear /></packageSources></configuration>", limit.Token);
        var installed = await Dotnet.RunAsync(elsewhere, PackedRuntime.Packages, limit.Token,
            "tool", "install", "Hardening.Cli", "--tool-path", Folder, "--add-source", Source, "--version", PackedRuntime.Version);
        Assert.That(installed.ExitCode, Is.Zero, installed.Output);
    }
}
