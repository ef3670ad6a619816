using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hardening.Package.Tests.Publishing.Witness;

/// <summary>The witness comes with an application that refers to its package, and needs nothing else.</summary>
public sealed class WitnessTests
{
    [TestCase(false, false, null)]
    [TestCase(true, false, null)]
    [TestCase(true, true, "PublishSingleFile=false")]
    [CancelAfter(240_000)]
    public async Task A_published_application_gets_its_stacks(bool isSelfContained, bool isSingleFile, string? missing, CancellationToken timeout)
    {
        var folder = Path.Combine(PackedRuntime.Folder, $"witnessed-{isSelfContained}-{isSingleFile}");
        var platform = $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        var published = await Dotnet.RunAsync(PackedWitness.Application, PackedRuntime.Packages, timeout,
            "publish", "-r", platform, "--self-contained", $"{isSelfContained}", $"-p:PublishSingleFile={isSingleFile}", "-o", folder);
        Assert.That(published.ExitCode, Is.Zero, published.Output);
        var output = await RunAsync(Path.Combine(folder, "Witnessed"), isSelfContained, timeout);
        Assert.That(output, missing is null ? Is.EqualTo($"Sleeper.Run Program.cs:{PackedWitness.Line} \n") : Does.StartWith("Sleeper.Run ").And.Contain(missing));
    }

    private static async Task<string> RunAsync(string program, bool isSelfContained, CancellationToken timeout)
    {
        var dotnet = Path.GetDirectoryName(new FileInfo(Environment.ProcessPath!).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Environment.ProcessPath!);
        using var process = Process.Start(new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            Environment = { ["PATH"] = "/bin:/usr/bin", ["DOTNET_ROOT"] = isSelfContained ? "/nowhere" : dotnet },
        })!;
        try
        {
            return await process.StandardOutput.ReadToEndAsync(timeout);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
