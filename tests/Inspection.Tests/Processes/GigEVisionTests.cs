using System.Diagnostics;
using System.Text.Json;

namespace Inspection.Tests.Processes;

/// <summary>The program on five simulated GigE Vision cameras, in a network of its own.</summary>
public sealed class GigEVisionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(170);

    private string _json = null!;

    [SetUp]
    public void Needs_the_simulator()
    {
        _json = Path.Combine(Path.GetTempPath(), $"inspection-{Guid.NewGuid():N}.json");
        Simulator.Require();
    }

    [TearDown]
    public void Delete_the_figures() => File.Delete(_json);

    [Test]
    public void A_camera_that_dies_is_counted_and_the_others_go_on()
    {
        var run = RunBesideCameras(kills: true, "hardened", "--seconds", "10").Single();
        var cameras = run.GetProperty("cameras").EnumerateArray().ToDictionary(camera => camera.GetProperty("camera").GetString()!);
        Assert.That(cameras.Keys, Is.EquivalentTo(Enumerable.Range(2, 5).Select(i => $"127.0.0.{i}")), "all are discovered");
        Assert.That(run.GetProperty("addsUp").GetBoolean());
        var dead = cameras["127.0.0.6"];
        Assert.That(dead.GetProperty("state").GetString(), Is.EqualTo("Silent").Or.EqualTo("Reconnecting"));
        Assert.That(dead.GetProperty("missed").GetInt64(), Is.GreaterThan(0), dead.GetRawText());
        foreach (var camera in cameras.Values.Where(camera => camera.GetRawText() != dead.GetRawText()))
        {
            Assert.That(camera.GetProperty("state").GetString(), Is.EqualTo("Streaming"), camera.GetRawText());
            Assert.That(camera.GetProperty("missed").GetInt64(), Is.LessThan(dead.GetProperty("missed").GetInt64()), camera.GetRawText()); // where much runs, one may fall silent for a while
            Assert.That(camera.GetProperty("received").GetInt64(), Is.GreaterThan(dead.GetProperty("received").GetInt64()), camera.GetRawText());
        }
    }

    [Test]
    public void Both_servers_run_on_cameras_given_by_address()
    {
        var runs = RunBesideCameras(kills: false, "compare", "--seconds", "2", "--address", "127.0.0.2", "--address", "127.0.0.3");
        Assert.That(runs, Has.Count.EqualTo(2));
        foreach (var run in runs)
        {
            Assert.That(run.GetProperty("addsUp").GetBoolean());
            Assert.That(run.GetProperty("processed").GetInt64(), Is.GreaterThan(0));
        }
    }

    private List<JsonElement> RunBesideCameras(bool kills, params string[] arguments)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "five-cameras.sh");
        var program = Path.Combine(AppContext.BaseDirectory, "Inspection.dll");
        var (exitCode, output) = Run(
            ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", script, kills ? "kill" : "keep", "dotnet", program, .. arguments, "--source", "aravis", "--size", "640x512", "--json", _json]);
        Assert.That(exitCode, Is.Zero, output);
        using var figures = JsonDocument.Parse(File.ReadAllText(_json));
        return [.. figures.RootElement.EnumerateArray().Select(run => run.Clone())];
    }

    private static (int ExitCode, string Output) Run(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{string.Join(' ', command)} did not end within {Limit}.");
        }

        return output.Wait(Limit) ? (process.ExitCode, string.Concat(output.Result)) : throw new TimeoutException("It has ended, and its output is still open.");
    }
}
