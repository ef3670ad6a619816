using Hardening.Testing;

namespace Hardening.Package.Tests.Publishing;

/// <summary>The package of the runtime, packed once, and one application on it, which each test publishes in its own way.</summary>
[SetUpFixture]
public sealed class PackedRuntime
{
    private const int PackLimitSeconds = 240;
    internal const string Version = "0.1.0-test";

    private const string Program =
        """
        using System.Buffers.Text;
        using System.Diagnostics;
        using Hardening.Pool;
        using Hardening.Processes;

        await using var pool = new ProcessPool("ids", WorkerCommand.ThisApplication<OwnId>(), new ProcessPoolOptions { Workers = 1, SpareWorkers = 0 });
        await pool.StartAsync(CancellationToken.None);
        using var worker = await pool.RunAsync(new byte[] { 1 });
        var start = new ProcessStartInfo("/bin/sh", ["-c", "sleep 120 & sleep 120; true"]) { WorkingDirectory = args[0] };
        await using var child = SupervisedProcess.Start(start, new SupervisionOptions { StopGracePeriod = TimeSpan.FromMilliseconds(300) });
        Console.WriteLine($"{ProcessTree.Containment} {ProcessTree.Status.SupervisorId} {System.Text.Encoding.UTF8.GetString(worker.Payload)}");
        if (Console.ReadLine() == "stop")
        {
            Console.WriteLine(await child.StopAsync());
        }

        public sealed class OwnId : IJobHandler
        {
            public void Run(JobContext job)
            {
                Utf8Formatter.TryFormat(Environment.ProcessId, job.Result.GetSpan(16), out var length);
                job.Result.Advance(length);
            }
        }
        """;

    /// <summary>Outside the repository, so that none of its build files is picked up.</summary>
    internal static string Folder { get; } = Directory.CreateTempSubdirectory("hardening-publish-tests-").FullName;

    internal static string Packages => Path.Combine(Folder, "packages");

    internal static string Application => Path.Combine(Folder, "application");

    [OneTimeSetUp]
    public async Task PackAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(PackLimitSeconds));
        var source = Path.Combine(Folder, "source");
        var usual = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        // Outputs of its own: other projects may be built from the same sources at the same time.
        var packed = await Dotnet.RunAsync(Baseline.RepositoryRoot, usual, limit.Token,
            "pack", "runtime/Hardening.Runtime", "-o", source, $"-p:Version={Version}", "-p:UseOwnRules=false", $"-p:ArtifactsPath={Path.Combine(Folder, "artifacts")}");
        Assert.That(packed.ExitCode, Is.Zero, packed.Output);
        Directory.CreateDirectory(Application);
        Write("Program.cs", Program);
        Write("nuget.config", $"""<configuration><packageSources><add key="packed" value="{source}" /></packageSources></configuration>""");
        // What the feeds have is taken from where this machine has it already.
        Write("Application.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
                <RestoreAdditionalProjectFallbackFolders>{usual}</RestoreAdditionalProjectFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Hardening.Runtime" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(Folder, recursive: true);

    private static void Write(string name, string text) => File.WriteAllText(Path.Combine(Application, name), text);
}
