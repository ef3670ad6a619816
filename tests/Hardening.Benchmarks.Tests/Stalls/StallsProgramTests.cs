using System.Text.Json;

namespace Hardening.Benchmarks.Tests.Stalls;

/// <summary>The program as people run it. Its figures mean nothing here; that all take part, and ours leaves nothing out and allocates nothing, does.</summary>
[CancelAfter(600_000)]
public sealed class StallsProgramTests
{
    private readonly string _json = Path.Combine(Path.GetTempPath(), $"hardening-benchmarks-{Guid.NewGuid():N}.json");

    [TearDown]
    public void Delete() => File.Delete(_json);

    [Test]
    public async Task Measures_a_sample_of_each_contender_and_the_watchdog(CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("Threads are measured on Linux alone.");
        }

        var result = await BenchmarksProgram.RunAsync(["stalls", "--short", "--json", _json], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(@"^\d+ goals? met, \d+ missed$"));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_json, stop));
        var figures = document.RootElement.GetProperty("figures").EnumerateArray().ToList();
        var names = figures.Select(row => row.GetProperty("name").GetString()!).ToList();
        Assert.That(names.Where(name => !name.StartsWith("part", StringComparison.Ordinal)).ToList(), Has.Count.EqualTo(10).And.Some.EqualTo("the whole watchdog"), "five contenders with two numbers of threads");
        Assert.That(names, Has.Some.EqualTo("part of it: stall-aide"));
        Assert.That(figures.Select(row => row.GetProperty("microseconds").GetDouble()), Has.All.GreaterThanOrEqualTo(0));
    }
}
