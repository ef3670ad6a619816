using Hardening.Testing;

namespace Hardening.Package.Tests.Publishing.Witness;

/// <summary>The package of the witness, packed once beside that of the runtime, and one application on it.</summary>
[SetUpFixture]
public sealed class PackedWitness
{
    private const int PackLimitSeconds = 240;

    private const string Program =
        """
        using Hardening.Stalls;
        using Microsoft.Extensions.DependencyInjection;

        new Thread(Sleeper.Run) { IsBackground = true }.Start();
        await using var source = new WitnessStackSource();
        await source.StartAsync(CancellationToken.None);
        var capture = source.Capture(new ThreadStackRequest { ThreadIds = [], Limit = TimeSpan.FromSeconds(60) }, CancellationToken.None);
        var frame = capture.Threads.SelectMany(thread => thread.Frames).FirstOrDefault(frame => frame.Method == "Sleeper.Run");
        Console.WriteLine($"{frame?.Method} {Path.GetFileName(frame?.File)}:{frame?.Line} {capture.Missing}");
        new ServiceCollection().AddStallWitness();

        static class Sleeper
        {
            public static void Run() => Thread.Sleep(Timeout.Infinite);
        }
        """;

    internal static int Line { get; } = Array.FindIndex(Program.Split('\n'), line => line.Contains("void Run()", StringComparison.Ordinal)) + 1;

    internal static string Application => Path.Combine(PackedRuntime.Folder, "witnessed");

    [OneTimeSetUp]
    public async Task PackAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(PackLimitSeconds));
        var usual = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var packed = await Dotnet.RunAsync(Baseline.RepositoryRoot, usual, limit.Token,
            "pack", "runtime/Hardening.Runtime.Witness", "-o", Path.Combine(PackedRuntime.Folder, "source"), $"-p:Version={PackedRuntime.Version}", "-p:UseOwnRules=false",
            $"-p:ArtifactsPath={Path.Combine(PackedRuntime.Folder, "artifacts")}");
        Assert.That(packed.ExitCode, Is.Zero, packed.Output);
        Directory.CreateDirectory(Application);
        File.WriteAllText(Path.Combine(Application, "Program.cs"), Program);
        File.Copy(Path.Combine(PackedRuntime.Application, "nuget.config"), Path.Combine(Application, "nuget.config"));
        File.WriteAllText(
            Path.Combine(Application, "Witnessed.csproj"),
            (await File.ReadAllTextAsync(Path.Combine(PackedRuntime.Application, "Application.csproj"), limit.Token)).Replace("\"Hardening.Runtime\"", "\"Hardening.Runtime.Witness\"", StringComparison.Ordinal));
    }
}
