using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Inspection.Tests.Processes;

/// <summary>The sample with <c>--dashboard</c>: the page is there for as long as the program runs. What it shows is tested where it is made.</summary>
[CancelAfter(200_000)]
public sealed class DashboardTests
{
    [Test]
    public async Task The_dashboard_shows_the_run_while_it_lasts(CancellationToken timeout)
    {
        using var process = InspectionProcess.Start("hardened", "--dashboard", "0", "--in-processes", "--seconds", "60", "--cameras", "3", "--size", "320x256", "--fps", "30");
        process.WaitForProgress();
        var address = Regex.Match(process.OutputSoFar, "^Live at (http://127.0.0.1:[0-9]+/hardening)\r?$", RegexOptions.Multiline).Groups[1].Value;
        using var client = new HttpClient();
        Assert.That(await client.GetStringAsync(address, timeout), Does.Contain("<title>Hardening</title>"));
        string text;
        do
        {
            text = await client.GetStringAsync(address + "/api/state", timeout); // a camera may have had no frame processed yet
        }
        while (!ShowsAll(text));

        using var state = JsonDocument.Parse(text);
        Assert.That(state.RootElement.GetProperty("cameras").EnumerateArray().Select(camera => camera.GetProperty("camera").GetString()), Is.EqualTo(new[] { "camera-1", "camera-2", "camera-3" }));
        Assert.That(state.RootElement.GetProperty("pools").EnumerateArray().Single().GetProperty("submitted").GetInt64(), Is.Positive);
        Assert.That(state.RootElement.GetProperty("children").GetArrayLength(), Is.Positive);
        process.Signal("INT");
        process.WaitForEnd();
        Assert.That(process.ExitCode, Is.EqualTo(130), process.Error);
        process.WaitForAllThatItStarted();
    }

    [Test]
    public void A_port_that_is_taken_is_said_and_nothing_is_run()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var process = InspectionProcess.Run("hardened", "--dashboard", $"http://127.0.0.1:{port}", "--seconds", "1");
        Assert.That(process.ExitCode, Is.EqualTo(2));
        Assert.That(process.Error.Trim(), Does.StartWith($"inspection: --dashboard must be an address that is free, but http://127.0.0.1:{port} is not: ").And.Not.Contain('\n'));
        Assert.That(process.Output, Is.Empty);
    }

    private static bool ShowsAll(string text)
    {
        using var state = JsonDocument.Parse(text);
        return state.RootElement.GetProperty("cameras").EnumerateArray().All(camera => camera.GetProperty("received").GetInt64() > 0 && camera.GetProperty("hasThumbnail").GetBoolean());
    }
}
