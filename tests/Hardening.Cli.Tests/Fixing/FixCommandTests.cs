using System.Text.Json;
using Hardening.Processes;

namespace Hardening.Cli.Tests.Fixing;

/// <summary>The verb as it is used: over a project on disk, in a git repository, with the SDK's own build.</summary>
[CancelAfter(300_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FixCommandTests : IDisposable
{
    private const string Gate = "namespace Sample;\n\npublic sealed class Gate\n{\n    private int _count;\n\n    public void Enter()\n    {\n        lock (this)\n        {\n            _count++;\n        }\n    }\n}\n";

    private readonly CodeOnDisk _code = new();

    public FixCommandTests()
    {
        _code.Write("nuget.config", """<configuration><packageSources><clear /><add key="none" value="none" /></packageSources></configuration>""");
        _code.Write("none/.keep", "");
        _code.Write("Sample.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><TreatWarningsAsErrors>true</TreatWarningsAsErrors></PropertyGroup></Project>""");
        _code.Write("Gate.cs", Gate);
    }

    public void Dispose() => _code.Dispose();

    [Test]
    public async Task A_clean_tree_is_fixed_and_builds(CancellationToken timeout)
    {
        await GitAsync(timeout);
        var (exit, output, error) = await FixAsync(timeout, "--rule", "HRD1001", "--json");
        using var json = JsonDocument.Parse(output);
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.EqualTo(ExitCodes.Clean), error);
            Assert.That(_code.Read("Gate.cs"), Does.Contain("lock (_gate)"));
            Assert.That(json.RootElement.GetProperty("changedFiles").EnumerateArray().Select(file => file.GetString()), Is.EqualTo(new[] { "Gate.cs" }));
            Assert.That(json.RootElement.GetProperty("applied")[0].GetProperty("findings").GetInt32(), Is.EqualTo(1));
            Assert.That(Directory.GetFileSystemEntries(_code.Root).Select(Path.GetFileName), Is.EquivalentTo(new[] { ".git", "nuget.config", "none", "Sample.csproj", "Gate.cs" }));
        });
    }

    [Test]
    public async Task A_dry_run_prints_a_diff_that_git_can_apply_and_writes_nothing(CancellationToken timeout)
    {
        var (exit, output, error) = await FixAsync(timeout, "--rule", "HRD1001", "--dry-run");
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.EqualTo(ExitCodes.Clean), error);
            Assert.That(_code.Read("Gate.cs"), Is.EqualTo(Gate));
            Assert.That(output, Does.Contain("--- a/Gate.cs\n+++ b/Gate.cs\n").And.Contain("-        lock (this)\n+        lock (_gate)\n"));
            Assert.That(output.TrimEnd().Split('\n')[^1], Does.EndWith("nothing was written."));
        });
        await GitAsync(timeout);
        var patch = _code.Write("out.patch", output[..output.IndexOf("\nwould fix", StringComparison.Ordinal)]);
        var apply = await SupervisedProcess.RunAsync(new("git", ["apply", "--check", patch]) { WorkingDirectory = _code.Root }, null, timeout);
        Assert.That(apply.Exit.ExitCode, Is.Zero, apply.StandardError);
    }

    [Test]
    public async Task A_tree_with_changes_is_refused(CancellationToken timeout)
    {
        await GitAsync(timeout);
        _code.Write("notes.txt", "mine\n");
        var (exit, output, error) = await FixAsync(timeout);
        Refused(exit, output, error, "has changes that are not committed (notes.txt)");
    }

    [Test]
    public async Task A_folder_without_git_is_refused(CancellationToken timeout)
    {
        var (exit, output, error) = await FixAsync(timeout);
        Refused(exit, output, error, "is in no git repository");
    }

    [Test]
    public async Task Loose_code_is_refused(CancellationToken timeout)
    {
        File.Delete(_code.PathOf("Sample.csproj"));
        var (exit, output, error) = await FixAsync(timeout, "--force");
        Refused(exit, output, error.Split('\n').Last(line => line.StartsWith("harden:", StringComparison.Ordinal)), "cannot be known to compile");
    }

    [TestCase("--variant x", "--variant goes with one --rule")]
    [TestCase("--rule HRD9999", "HRD9999")]
    public async Task Wrong_use_is_told_in_one_line(string options, string message, CancellationToken timeout)
    {
        var (exit, _, error) = await FixAsync(timeout, options.Split(' '));
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.EqualTo(ExitCodes.WrongUse));
            Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message));
        });
    }

    private void Refused(int exit, string output, string error, string message) => Assert.Multiple(() =>
    {
        Assert.That(exit, Is.EqualTo(ExitCodes.Failed));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message));
        Assert.That(output, Is.Empty);
        Assert.That(_code.Read("Gate.cs"), Is.EqualTo(Gate));
    });

    private async Task<(int Exit, string Output, string Error)> FixAsync(CancellationToken timeout, params string[] options)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exit = await HardenProgram.RunAsync(["fix", _code.Root, .. options], output, error, TimeProvider.System).WaitAsync(timeout);
        return (exit, output.ToString(), error.ToString());
    }

    private async Task GitAsync(CancellationToken timeout)
    {
        string[][] commands = [["init", "-q"], ["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "start"]];
        foreach (var command in commands)
        {
            var git = await SupervisedProcess.RunAsync(new("git", command) { WorkingDirectory = _code.Root }, null, timeout);
            Assert.That(git.Exit.ExitCode, Is.Zero, git.StandardError);
        }
    }
}
