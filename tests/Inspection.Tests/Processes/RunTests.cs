using System.Text.Json;

namespace Inspection.Tests.Processes;

public sealed class RunTests
{
    private static readonly string[] Small = ["--cameras", "3", "--size", "320x256", "--fps", "30"];

    [TestCase("legacy", 1)]
    [TestCase("hardened", 1)]
    [TestCase("compare", 2)]
    public void Runs_and_accounts_for_every_frame(string mode, int runs)
    {
        using var process = InspectionProcess.Start([mode, "--seconds", "2", .. Small]);
        process.WaitForEnd();
        Assert.That(process.ExitCode, Is.Zero, process.Error);
        Assert.That(process.Error, Is.Empty);
        Assert.That(process.Output, Does.Contain("received = processed + dropped + in flight"));
        process.WaitForAllThatItStarted();
        var figures = process.ReadFigures();
        Assert.That(figures, Has.Count.EqualTo(runs));
        PageFigures.Check(process.Page, figures);
        foreach (var run in figures)
        {
            CheckAccounts(run);
            Assert.That(run.GetProperty("wrong").GetInt64(), Is.Zero);
            Assert.That(run.GetProperty("checked").GetInt64(), Is.GreaterThan(0).And.EqualTo(run.GetProperty("processed").GetInt64()));
        }
    }

    [Test]
    public void The_hardened_server_leaves_no_child_and_the_original_does()
    {
        using var process = InspectionProcess.Start(["compare", "--seconds", "3", .. Small]);
        process.WaitForEnd();
        var figures = process.ReadFigures();
        Assert.That(figures[0].GetProperty("server").GetString(), Is.EqualTo("legacy"));
        Assert.That(figures[0].GetProperty("archived").GetInt64(), Is.GreaterThan(0));
        Assert.That(figures[0].GetProperty("childrenLeft").GetInt32(), Is.GreaterThan(0));
        Assert.That(figures[1].GetProperty("archived").GetInt64(), Is.GreaterThan(0));
        Assert.That(figures[1].GetProperty("childrenLeft").GetInt32(), Is.Zero);
        process.WaitForAllThatItStarted();
    }

    [Test]
    public void The_hardened_server_drops_by_its_lane_and_says_so()
    {
        using var process = InspectionProcess.Start("hardened", "--seconds", "2", "--cameras", "8", "--size", "640x512", "--fps", "500", "--workers", "1", "--lane", "latest");
        process.WaitForEnd();
        Assert.That(process.ExitCode, Is.Zero, process.Error);
        var run = process.ReadFigures()[0];
        CheckAccounts(run);
        Assert.That(run.GetProperty("dropped").GetInt64(), Is.GreaterThan(0));
        Assert.That(process.Output, Does.Contain("dropped at inspect: replaced by newer"));
    }

    [TestCase("legacy", "INT", 130)]
    [TestCase("hardened", "INT", 130)]
    [TestCase("hardened --in-processes", "TERM", 143)]
    [TestCase("compare", "INT", 130)]
    [TestCase("compare", "TERM", 143)]
    public void A_signal_drains_and_ends_it(string mode, string signal, int exitCode)
    {
        using var process = InspectionProcess.Start([.. mode.Split(' '), "--seconds", "60", .. Small]);
        process.WaitForProgress();
        process.Signal(signal);
        process.WaitForEnd();
        Assert.That(process.ExitCode, Is.EqualTo(exitCode), process.Error);
        Assert.That(process.Output, Does.Contain("it was interrupted"));
        process.WaitForAllThatItStarted();
        var figures = process.ReadFigures();
        Assert.That(figures, Has.Count.EqualTo(1), "only what was run");
        PageFigures.Check(process.Page, figures);
        CheckAccounts(figures[0]);
    }

    [Test]
    public void Killed_the_hardened_server_takes_with_it_what_it_has_started()
    {
        using var process = InspectionProcess.Start(["hardened", "--in-processes", "--seconds", "60", .. Small]);
        process.WaitForProgress();
        Assert.That(process.CountLeft(), Is.GreaterThan(1), "its workers are there");
        process.KillAlone();
        process.WaitForAllThatItStarted();
    }

    private static void CheckAccounts(JsonElement run)
    {
        Assert.That(run.GetProperty("addsUp").GetBoolean());
        foreach (var camera in run.GetProperty("cameras").EnumerateArray())
        {
            long Count(string name) => camera.GetProperty(name).GetInt64();
            Assert.That(Count("received"), Is.GreaterThan(0));
            Assert.That(Count("received"), Is.EqualTo(Count("processed") + Count("dropped") + Count("inFlight")), camera.GetRawText());
        }
    }
}
