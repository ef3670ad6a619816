using System.Text.Json;
using Hardening.Testing.Broker;

namespace Hardening.Benchmarks.Tests.Broker;

/// <summary>The program as people run it. Its figures mean nothing here; that each job comes back as it must, does.</summary>
public sealed class BrokerProgramTests
{
    private readonly string _json = Path.Combine(Path.GetTempPath(), $"hardening-benchmarks-{Guid.NewGuid():N}.json");

    [TearDown]
    public void Delete() => File.Delete(_json);

    [Test, CancelAfter(600_000)]
    public async Task Measures_jobs_and_frames_through_a_broker_and_in_the_local_pool(CancellationToken stop)
    {
        var isInstalled = TestBroker.IsInstalled;
        Assert.That(isInstalled || Environment.GetEnvironmentVariable("HARDENING_REQUIRE_BROKER") != "1", "there is no rabbitmq-server");
        var result = await BenchmarksProgram.RunAsync(["broker", "--short", "--json", _json], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(@"^\d+ goals? met, \d+ missed$"));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_json, stop));
        var figures = document.RootElement.GetProperty("figures").EnumerateArray().ToList();
        if (!isInstalled)
        {
            Assert.That(figures, Is.Empty);
            Assert.That(result.Output, Does.Contain("missing: the broker"));
            return;
        }

        Assert.That(document.RootElement.GetProperty("wrong").GetArrayLength(), Is.Zero);
        foreach (var way in (string[])["Local", "Broker"])
        {
            var rows = figures.Where(row => row.GetProperty("way").GetString() == way).ToList();
            Assert.That(rows.Select(row => row.GetProperty("payload").GetString()).Distinct(), Is.EquivalentTo(["Empty", "Kibibyte", "Frame"]));
            Assert.That(rows.Select(row => row.GetProperty("jobsPerSecond").GetDouble()), Has.All.GreaterThan(0));
            Assert.That(rows.Select(row => row.GetProperty("brokerCpu").GetDouble()), way == "Local" ? Has.All.Zero : Has.All.GreaterThan(0));
        }
    }
}
