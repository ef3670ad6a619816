using System.Text.Json;

namespace Hardening.Benchmarks.Tests.Dashboard;

/// <summary>The program as people run it. Its figures mean nothing here; that browsers see states and pictures does.</summary>
[CancelAfter(600_000)]
public sealed class DashboardProgramTests
{
    private readonly string _json = Path.Combine(Path.GetTempPath(), $"hardening-benchmarks-{Guid.NewGuid():N}.json");

    [TearDown]
    public void Delete() => File.Delete(_json);

    [Test]
    public async Task Measures_a_host_that_nobody_one_and_twenty_look_at(CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("The CPU time of another process is measured on Linux alone.");
        }

        var result = await BenchmarksProgram.RunAsync(["dashboard", "--short", "--json", _json], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(@"^\d+ goals? met, \d+ missed$"));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_json, stop));
        var figures = document.RootElement.GetProperty("figures").EnumerateArray().ToList();
        Assert.That(figures.Select(row => row.GetProperty("browsers").GetInt32()), Is.EqualTo(new[] { 0, 1, 20 }));
        Assert.That(figures.Select(row => row.GetProperty("picturesPerSecond").GetDouble() > 0), Is.EqualTo(new[] { false, true, true }));
    }
}
