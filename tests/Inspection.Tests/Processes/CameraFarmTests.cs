using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Inspection.Tests.Processes;

/// <summary>The program with GigE Vision cameras that it simulates itself.</summary>
[CancelAfter(200_000)]
public sealed partial class CameraFarmTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] Small = ["hardened", "--source", "aravis", "--cameras", "2", "--size", "320x256"];

    [Test]
    public void It_starts_its_own_cameras_and_ends_them()
    {
        Simulator.Require();
        using var process = InspectionProcess.Start([.. Small, "--seconds", "2"]);
        process.WaitForEnd();
        Assert.That(process.ExitCode, Is.Zero, process.Error);
        Assert.That(process.Output, Does.StartWith("2 simulated GigE Vision cameras, 320 x 256").And.Contain("Simulated in a network of their own: 127.0.0.2 (process "));
        process.WaitForAllThatItStarted();
        var run = process.ReadFigures().Single();
        Assert.That(run.GetProperty("cameras").EnumerateArray().Select(camera => camera.GetProperty("camera").GetString()), Is.EqualTo(new[] { "127.0.0.2", "127.0.0.3" }));
        Assert.That(run.GetProperty("cameras").EnumerateArray().Select(camera => camera.GetProperty("processed").GetInt64()), Has.All.GreaterThan(0));
        Assert.That(run.GetProperty("addsUp").GetBoolean());
    }

    [Test]
    public void Killing_it_leaves_no_camera()
    {
        Simulator.Require();
        using var process = InspectionProcess.Start([.. Small, "--seconds", "60"]);
        process.WaitForProgress();
        var cameras = ProcessNumbers().Matches(process.OutputSoFar).Select(match => Process.GetProcessById(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))).ToList();
        Assert.That(cameras.Select(camera => camera.HasExited), Is.EqualTo(new[] { false, false }));
        process.Signal("KILL");
        foreach (var camera in cameras)
        {
            Assert.That(camera.WaitForExit(Limit), "a camera outlived the program");
            camera.Dispose();
        }
    }

    [Test]
    public void A_simulator_that_is_not_installed_is_said_in_one_line()
    {
        using var process = InspectionProcess.RunWithPath("/nonexistent", Small);
        Refuses(process, "arv-fake-gv-camera-0.8, which is not installed: apt-get install aravis-tools");
    }

    [Test]
    public void Addresses_that_are_not_there_are_said_in_one_line()
    {
        Simulator.Require();
        var folder = Directory.CreateTempSubdirectory("inspection-path-").FullName;
        try
        {
            File.CreateSymbolicLink(Path.Combine(folder, "unshare"), "/bin/false");
            using var process = InspectionProcess.RunWithPath($"{folder}:{Environment.GetEnvironmentVariable("PATH")}", "--source", "aravis", "--cameras", "16");
            Refuses(process, "16 simulated cameras need an address on loopback each", "ip address add");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Refuses(InspectionProcess process, params string[] saying)
    {
        Assert.That(process.ExitCode, Is.EqualTo(2));
        Assert.That(process.Error.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1), process.Error);
        Assert.That(process.Error, Does.StartWith("inspection: "));
        Array.ForEach(saying, part => Assert.That(process.Error, Does.Contain(part)));
        Assert.That(process.Output, Is.Empty);
    }

    [GeneratedRegex(@"\(process (\d+)\)")]
    private static partial Regex ProcessNumbers();
}
