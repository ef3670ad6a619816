using System.Text.Json;

namespace Hardening.Benchmarks.Tests.Processes;

/// <summary>The program as people run it. Its figures mean nothing here; that every child ends as it must, does.</summary>
[CancelAfter(600_000)]
public sealed class ProcessesProgramTests
{
    private readonly string _json = Path.Combine(Path.GetTempPath(), $"hardening-benchmarks-{Guid.NewGuid():N}.json");

    [TearDown]
    public void Delete() => File.Delete(_json);

    [Test]
    public async Task Compares_with_Process_and_the_bare_system_and_leaves_no_process(CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("Child processes are supervised on Linux alone.");
        }

        var result = await BenchmarksProgram.RunAsync(["processes", "--short", "--json", _json], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(@"^\d+ goals? met, \d+ missed$"));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_json, stop));
        Assert.That(document.RootElement.GetProperty("wrong").GetArrayLength(), Is.Zero);
        var figures = document.RootElement.GetProperty("figures");
        var starts = figures.GetProperty("starts").EnumerateArray().ToList();
        Assert.That(starts.Select(start => start.GetProperty("name").GetString()).Distinct(), Is.EqualTo(new[] { "posix_spawn", "Process", "SupervisedProcess" }));
        Assert.That(starts.Select(start => start.GetProperty("share").GetDouble()), Has.All.GreaterThan(0));
        Assert.That(figures.GetProperty("fresh").EnumerateArray().Select(level => level.GetProperty("proportional").GetDouble()).ToList(), Is.Not.Empty.And.All.GreaterThan(0));
        var ends = figures.GetProperty("ends").EnumerateArray().Where(end => end.GetProperty("name").GetString()!.StartsWith("SupervisedProcess", StringComparison.Ordinal)).ToList();
        if (ends.Count == 0)
        {
            Assert.That(result.Output, Does.Contain("missing: python3"));
        }

        Assert.That(ends.Select(end => end.GetProperty("left").GetInt32()), Has.All.Zero);
    }
}
