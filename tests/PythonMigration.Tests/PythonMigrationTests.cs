using System.Diagnostics;
using Hardening.Processes;

namespace PythonMigration.Tests;

/// <summary>The sample as people run it.</summary>
[Platform("Linux")]
public sealed class PythonMigrationTests
{
    [Test, CancelAfter(120_000)]
    public async Task All_steps_give_the_same_results_and_leave_nothing(CancellationToken timeout)
    {
        var result = await RunAsync(timeout, "25");
        Assert.That(result.Exit.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
        Assert.That(result.StandardOutput, Does.Contain("the same 25 results, byte for byte").And.Contain("3. C#"));
        Assert.That(result.StandardOutput, Does.Contain("1. Python 2.7, as it was").Or.Contain("There is no Python 2.7 on this machine"));
        Assert.That(result.StandardOutput, Does.Contain("2. Python 3, the same files"), "python3 is required for the tests");
    }

    [TestCase("0")]
    [TestCase("many")]
    [TestCase("1", "2")]
    [CancelAfter(60_000)]
    public async Task What_is_wrong_with_the_arguments_is_said_in_one_line(string first, string? second = null, CancellationToken timeout = default)
    {
        var result = await RunAsync(timeout, second is null ? [first] : [first, second]);
        Assert.That(result.Exit.ExitCode, Is.EqualTo(2));
        Assert.That(result.StandardError, Does.StartWith("python-migration: the one argument is the number of frames"));
        Assert.That(result.StandardOutput, Is.Empty);
    }

    private static Task<ProcessResult> RunAsync(CancellationToken stop, params string[] arguments) =>
        SupervisedProcess.RunAsync(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PythonMigration.dll"), .. arguments]), cancellationToken: stop);
}
