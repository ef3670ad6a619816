using System.Text.Json;

namespace Hardening.Benchmarks.Tests.Pool;

/// <summary>The program as people run it. Its figures mean nothing here; that each job comes back with what was sent, does.</summary>
[CancelAfter(600_000)]
public sealed class PoolProgramTests
{
    private readonly string _json = Path.Combine(Path.GetTempPath(), $"hardening-benchmarks-{Guid.NewGuid():N}.json");

    [TearDown]
    public void Delete() => File.Delete(_json);

    [Test]
    public async Task Measures_our_pool_in_every_scenario_beside_the_floors(CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("Process pools run on Linux alone.");
        }

        var result = await BenchmarksProgram.RunAsync(["pool", "--short", "--without-peers", "--json", _json], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(@"^\d+ goals? met, \d+ missed$"));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_json, stop));
        Assert.That(document.RootElement.GetProperty("wrong").GetArrayLength(), Is.Zero);
        var figures = document.RootElement.GetProperty("figures").EnumerateArray().ToList();
        string[] scenarios = ["echo", "batch", "turn", "turn, busy", "frames", "frameturn", "handover", "handoverturn", "death", "idle", "allocation"];
        Assert.That(figures.Where(row => row.GetProperty("kind").GetString() == "Ours").Select(row => row.GetProperty("scenario").GetString()).Distinct(), Is.EquivalentTo(scenarios));
        Assert.That(figures.Where(row => row.GetProperty("scenario").GetString() != "idle").Select(row => row.GetProperty("value").GetDouble()), Has.All.GreaterThan(0));
    }

    [Test]
    public async Task Names_a_peer_that_is_not_installed(CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("Process pools run on Linux alone.");
        }

        var result = await BenchmarksProgram.RunAsync(["pool", "--short", "--only", "no such scenario", "--python", "/no/such/python"], stop);
        Assert.That(result.ExitCode, Is.EqualTo(2), result.Output + result.Errors);
        result = await BenchmarksProgram.RunAsync(["pool", "--short", "--only", "handoverturn", "--python", "/no/such/python"], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output, Does.Contain("missing: /no/such/python"));
    }
}
