using System.Text.Json;

namespace DeployService.Tests;

/// <summary>The comparison as people run it, in short; one run for all of it. Among sixty releases are two that hang, one that waits without a pause, one that leaves an agent and one that floods stderr.</summary>
[Platform("Linux"), CancelAfter(180_000)]
public sealed class ComparisonTests : IDisposable
{
    private const int Requests = 60;

    private readonly MarkedDirectory _directory = new();
    private string _output = "";
    private JsonElement _legacy;
    private JsonElement _hardened;

    [OneTimeSetUp]
    public async Task Run()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(170));
        var json = Path.Combine(_directory.FullName, "figures.json");
        await using var sample = await Sample.StartAsync(_directory.FullName, null, limit.Token, "compare", "--requests", $"{Requests}", "--concurrency", "12", "--json", json);
        var (exitCode, output, error) = await sample.WaitForEndAsync(limit.Token);
        Assert.That(exitCode, Is.Zero, output + error);
        _output = output;
        using var figures = JsonDocument.Parse(await File.ReadAllTextAsync(json, limit.Token));
        (_legacy, _hardened) = (figures.RootElement[0].Clone(), figures.RootElement[1].Clone());
    }

    public void Dispose() => _directory.Dispose();

    [Test]
    public void The_original_leaves_children_and_they_take_the_processor()
    {
        Assert.That(_legacy.GetProperty("server").GetString(), Is.EqualTo("legacy"));
        Assert.That(Left(_legacy, "afterLoad"), Is.GreaterThanOrEqualTo(4), _output);
        Assert.That(Left(_legacy, "afterSigterm"), Is.GreaterThanOrEqualTo(4), "they outlive the service");
        Assert.That(Left(_legacy, "afterSigkill"), Is.GreaterThanOrEqualTo(4), "and the next one");
        Assert.That(_legacy.GetProperty("afterLoad").GetProperty("coresUsed").GetDouble(), Is.GreaterThan(0));
    }

    [Test]
    public void The_hardened_one_leaves_none()
    {
        Assert.That(_hardened.GetProperty("server").GetString(), Is.EqualTo("hardened"));
        Assert.That((Left(_hardened, "afterLoad"), Left(_hardened, "afterSigterm"), Left(_hardened, "afterSigkill")), Is.EqualTo((0, 0, 0)), _output);
        Assert.That(_output, Does.Contain("hardened: every request answered once or cancelled, and no process left"));
    }

    [Test]
    public void Every_request_ends_in_one_way()
    {
        foreach (var server in new[] { _legacy, _hardened })
        {
            var load = server.GetProperty("load");
            int Count(string name) => load.GetProperty(name).GetInt32();
            Assert.That(Count("requests"), Is.EqualTo(Requests));
            Assert.That(Count("succeeded") + Count("failed") + Count("timedOut") + Count("turnedAway") + Count("cancelled") + Count("noAnswer"), Is.EqualTo(Requests));
            Assert.That(Count("succeeded"), Is.GreaterThan(Requests / 2));
            Assert.That(server.GetProperty("worksAgain").GetBoolean());
            Assert.That(server.GetProperty("stopSeconds").ValueKind, Is.EqualTo(JsonValueKind.Number), "it ended by itself");
        }
    }

    [Test]
    public void Deployments_of_clients_that_left_end_with_them_in_the_hardened_one_alone()
    {
        Assert.That(_hardened.GetProperty("load").GetProperty("cancelled").GetInt32(), Is.GreaterThanOrEqualTo(5), "the seed has so many leave");
        Assert.That(_hardened.GetProperty("counts").GetProperty("cancelled").GetInt32(), Is.GreaterThan(0), _output);
        Assert.That(_legacy.GetProperty("counts").GetProperty("cancelled").GetInt32(), Is.Zero);
    }

    [Test]
    public Task Nothing_is_left_on_the_machine_of_either(CancellationToken timeout) => Eventually.HoldsAsync(() => _directory.Processes.Count == 0, "nothing is left, and the driver's supervisor has gone after it", timeout);

    private static int Left(JsonElement server, string when) => server.GetProperty(when).GetProperty("processes").GetInt32();
}
