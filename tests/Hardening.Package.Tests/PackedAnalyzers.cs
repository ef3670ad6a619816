using Hardening.Testing;

namespace Hardening.Package.Tests;

/// <summary>The package, packed once for all tests, in a folder that is the only source of its consumers.</summary>
[SetUpFixture]
public sealed class PackedAnalyzers
{
    private const int PackLimitSeconds = 240;

    /// <summary>Outside the repository, so that none of its build files is picked up.</summary>
    internal static string Folder { get; } = Directory.CreateTempSubdirectory("hardening-package-tests-").FullName;

    internal static string Source => Path.Combine(Folder, "source");

    /// <summary>Not the user's: a package of the same version from an earlier run would be used from there.</summary>
    internal static string Packages => Path.Combine(Folder, "packages");

    [OneTimeSetUp]
    public async Task PackAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(PackLimitSeconds));
        var usual = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        // Outputs of its own: other projects may be built from the same sources at the same time.
        var packed = await Dotnet.RunAsync(Baseline.RepositoryRoot, usual, limit.Token,
            "pack", "analyzers/Hardening.Analyzers.Package", "-o", Source, $"-p:ArtifactsPath={Path.Combine(Folder, "artifacts")}");
        Assert.That(packed.ExitCode, Is.Zero, packed.Output);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(Folder, recursive: true);
}
