using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;

namespace Quality.Bench;

/// <summary>Tests of the command line tool, which run it as its users do.</summary>
[TestFixture]
public sealed class TestBench
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("bench");

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [Test]
    public async Task Prints_its_version()
    {
        var (exitCode, output) = await RunAsync("--version");
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero);
            Assert.That(output, Does.Match(@"^\d+\.\d+"));
        });
    }

    [TestCase("missing.txt", ExpectedResult = 2)]
    [TestCase("", ExpectedResult = 64)]
    public async Task<int> Says_what_is_wrong(string file) => (await RunAsync("check", file)).ExitCode;

    [Test]
    public async Task Ends_when_its_input_ends()
    {
        var info = new ProcessStartInfo("tool", ["read", "-"]) { WorkingDirectory = _folder.FullName, RedirectStandardInput = true };
        using var tool = Process.Start(info)!;
        try
        {
            await tool.StandardInput.WriteLineAsync("one line");
            tool.StandardInput.Close();
            using var limit = new CancellationTokenSource(Limit);
            await tool.WaitForExitAsync(limit.Token);
            Assert.That(tool.ExitCode, Is.Zero);
        }
        finally
        {
            tool.Kill(entireProcessTree: true);
        }
    }

    [Test]
    public void Leaves_nothing_behind()
    {
        using (var tool = Process.Start("tool", ["clean", _folder.FullName]))
        {
            if (!tool.WaitForExit(Limit))
            {
                tool.Kill(entireProcessTree: true);
                Assert.Fail("The tool hangs.");
            }
        }

        Assert.That(_folder.EnumerateFileSystemInfos().Select(entry => entry.Name), Is.Empty);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo("tool", arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var tool = Process.Start(info)!;
        using var limit = new CancellationTokenSource(Limit);
        await using var ending = limit.Token.Register(() => tool.Kill(entireProcessTree: true));
        var output = tool.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = tool.StandardError.ReadToEndAsync(limit.Token);
        await tool.WaitForExitAsync(limit.Token);
        return (tool.ExitCode, await output + await errors);
    }
}
