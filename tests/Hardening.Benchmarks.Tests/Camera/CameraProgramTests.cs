using System.Text.Json;

namespace Hardening.Benchmarks.Tests.Camera;

/// <summary>The program as people run it. Its figures mean nothing here; that every result is right and in order, and that the books balance, does.</summary>
[CancelAfter(600_000)]
public sealed class CameraProgramTests
{
    private readonly string _json = Path.Combine(Path.GetTempPath(), $"hardening-benchmarks-{Guid.NewGuid():N}.json");

    [TearDown]
    public void Delete() => File.Delete(_json);

    [Test]
    public async Task Measures_our_pipeline_in_every_case_beside_the_floors(CancellationToken stop)
    {
        OnLinuxAlone();
        var result = await BenchmarksProgram.RunAsync(["camera", "--short", "--without-peers", "--json", _json], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(@"^\d+ goals? met, \d+ missed$"));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_json, stop));
        Assert.That(document.RootElement.GetProperty("wrong").GetArrayLength(), Is.Zero);
        var ours = document.RootElement.GetProperty("figures").EnumerateArray().Where(row => row.GetProperty("kind").GetString() == "Ours").ToList();
        string[] cases =
        [
            "paced", "fast", "overload", "overload, deadline", "fault: silent", "fault: gone", "fault: corrupt", "fault: slow-sink", "fault: sink-throws", "fault: stage-throws", "fault: stage-hangs",
            "fault: worker-killed", "fault: leases-held", "1 cameras", "64 cameras",
        ];
        Assert.That(ours.Select(row => row.GetProperty("case").GetString()).Distinct(), Is.EquivalentTo(cases));
    }

    [Test]
    public async Task Finds_the_same_in_the_frames_as_every_peer_that_is_installed(CancellationToken stop)
    {
        OnLinuxAlone();
        var result = await BenchmarksProgram.RunAsync(["camera", "--short", "--only", "paced", "--python", "/no/such/python", "--python", "python3", "--json", _json], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output, Does.Contain("missing: "));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_json, stop));
        var peers = document.RootElement.GetProperty("figures").EnumerateArray().Where(row => row.GetProperty("kind").GetString() == "Peer").Select(row => row.GetProperty("name").GetString());
        Assert.That(peers, Is.SupersetOf((string[])["C#, naive", "TPL Dataflow", "TPL Dataflow + ArrayPool", "Channels + ArrayPool"]));
    }

    private static void OnLinuxAlone()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("What a program uses is counted on Linux alone.");
        }
    }
}
