using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;

namespace Hardening.Package.Tests.Publishing.Tool;

/// <summary>The tool as it is installed: nothing of this repository is beside it.</summary>
[CancelAfter(180_000)]
public sealed class ToolTests
{
    private const long PackageLimit = 12_000_000;

    [Test]
    public async Task It_says_what_it_can_do_and_which_version_it_is(CancellationToken timeout)
    {
        var help = await RunAsync(PackedRuntime.Folder, timeout, "--help");
        Assert.That(help.ExitCode, Is.Zero, help.Output);
        Assert.That(help.Output, Does.Contain("scan").And.Contain("fix").And.Contain("watch").And.Contain("doctor"));
        var version = await RunAsync(PackedRuntime.Folder, timeout, "--version");
        Assert.That(version.ExitCode, Is.Zero, version.Output);
        Assert.That(version.Output, Does.StartWith(PackedRuntime.Version));
    }

    [Test]
    public void It_brings_what_it_starts_and_the_pages_of_the_rules_and_no_more()
    {
        using var package = ZipFile.OpenRead(PackedTool.Package);
        var names = package.Entries.Select(entry => entry.FullName).ToList();
        const string Files = "tools/net10.0/any/";
        Assert.That(names, Is.SupersetOf(new[]
        {
            "README.md", Files + "harden.dll", Files + "harden.runtimeconfig.json", Files + "hardening-supervisor/hardening-supervisor.dll",
            Files + "hardening-witness/hardening-witness.dll", Files + "rules/HRD1001.md",
        }));
        Assert.That(names.Where(name => name.StartsWith(Files + "rules/", StringComparison.Ordinal)).Count(),
            Is.EqualTo(Directory.GetFiles(Path.Combine(Hardening.Testing.Baseline.RepositoryRoot, "docs", "rules"), "HRD*.md").Length));
        Assert.That(names, Has.None.Contains("msdia140").And.None.Contains("KernelTraceControl"), "Windows only, and large");
        Assert.That(new FileInfo(PackedTool.Package).Length, Is.LessThan(PackageLimit));
    }

    [Test]
    public async Task It_scans_a_project(CancellationToken timeout)
    {
        var folder = Directory.CreateDirectory(Path.Combine(PackedRuntime.Folder, "scanned")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Scanned.csproj"),
            """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""", timeout);
        await File.WriteAllTextAsync(Path.Combine(folder, "Counter.cs"), "public class Counter\n{\n    int _n;\n    public void Add() { lock (this) { _n++; } }\n}\n", timeout);
        var (sarif, html) = (Path.Combine(PackedRuntime.Folder, "scanned.sarif"), Path.Combine(PackedRuntime.Folder, "scanned.html"));
        var scanned = await RunAsync(folder, timeout, "scan", "Scanned.csproj", "--sarif", sarif, "--html", html);
        Assert.That(scanned.ExitCode, Is.EqualTo(1), scanned.Output);
        Assert.That(scanned.Output, Does.Contain("HRD1001").And.Contain("Counter.cs"));
        using var log = JsonDocument.Parse(await File.ReadAllTextAsync(sarif, timeout));
        var run = log.RootElement.GetProperty("runs")[0];
        Assert.That(run.GetProperty("results")[0].GetProperty("ruleId").GetString(), Is.EqualTo("HRD1001"));
        Assert.That(run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("help").TryGetProperty("markdown", out _)), Has.All.True, "Every rule has its page.");
        Assert.That(await File.ReadAllTextAsync(html, timeout), Does.Contain("<mark>this</mark>"));
        Assert.That(Directory.GetFileSystemEntries(folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "Scanned.csproj", "Counter.cs" }), "Nothing is changed.");
    }

    private static async Task<DotnetResult> RunAsync(string folder, CancellationToken timeout, params string[] arguments)
    {
        var dotnet = Path.GetDirectoryName(new FileInfo(Environment.ProcessPath!).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Environment.ProcessPath!)!;
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(PackedTool.Folder, "harden"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_ROOT"] = dotnet, ["PATH"] = $"{dotnet}:/bin:/usr/bin" },
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout);
            var errors = process.StandardError.ReadToEndAsync(timeout);
            await process.WaitForExitAsync(timeout);
            return new DotnetResult(process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
