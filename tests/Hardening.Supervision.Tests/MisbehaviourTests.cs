namespace Hardening.Supervision.Tests;

/// <summary>The children do what the matrix supposes of them: seen by the scanner alone, without the product.</summary>
[CancelAfter(60_000)]
public sealed class MisbehaviourTests
{
    [TestCase("ignore", 1)]
    [TestCase("stopped", 2)]
    [TestCase("tree", 4)]
    [TestCase("daemon", 2)]
    [TestCase("bomb", 200)]
    [TestCase("respawn", 22)]
    [TestCase("orphan", 1)]
    [TestCase("flood", 1)]
    [TestCase("close", 1)]
    [TestCase("deaf", 1)]
    public async Task As_many_as_it_announces_are_found_by_their_directory(string command, int processes, CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, command);
        Assert.That(worker.Announced, Is.EqualTo(processes));
        Assert.That(worker.Processes, Has.Count.EqualTo(processes));
    }

    [Test]
    public async Task Ignore_outlives_what_ends_others(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "ignore");
        foreach (var signal in (string[])["TERM", "INT", "HUP"])
        {
            Signals.Send(signal, worker.Id);
        }

        var ignored = File.ReadLines($"/proc/{worker.Id}/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.That(Convert.ToUInt64(ignored, 16) & 0x4003, Is.EqualTo(0x4003), ignored); // HUP is bit 0, INT 1, TERM 14
        Assert.That(worker.Processes, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Stopped_is_stopped_and_its_child_is_elsewhere(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "stopped");
        Assert.That(worker.Processes.Single(process => process.Id == worker.Id).State, Is.EqualTo('T'));
        Assert.That(worker.Processes.Single(process => process.Id != worker.Id), Has.Property("Session").Not.EqualTo(worker.Processes.Single(process => process.Id == worker.Id).Session));
    }

    [Test]
    public async Task Daemon_keeps_nothing_but_its_directory(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "daemon");
        var daemon = worker.Processes.Single(process => process.Id != worker.Id);
        Assert.That(daemon.Parent, Is.Not.EqualTo(worker.Id));
        Assert.That(daemon.Session, Is.Not.EqualTo(ProcessScan.Find(worker.Id)!.Session));
        Assert.That(File.ReadAllBytes($"/proc/{daemon.Id}/environ"), Is.Empty);
        Assert.That(File.ReadAllText($"/proc/{daemon.Id}/cmdline"), Is.EqualTo("[kworker/u8:1]\0120\0"));
        Assert.That(Directory.EnumerateFileSystemEntries($"/proc/{daemon.Id}/fd"), Is.Empty);
    }

    [Test]
    public async Task Half_of_a_bomb_is_in_sessions_of_their_own_and_a_fifth_has_lost_its_parent(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "bomb");
        var members = worker.Processes;
        Assert.That(members.Count(member => member.Session != ProcessScan.Find(worker.Id)!.Session), Is.EqualTo(99));
        Assert.That(members.Count(member => member.Id != worker.Id && member.Parent != worker.Id), Is.EqualTo(39));
    }

    [Test]
    public async Task Respawn_replaces_who_is_killed(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "respawn");
        var daemon = worker.Processes.CountBy(process => process.Parent).MaxBy(parent => parent.Value).Key;
        var killed = worker.Processes.Where(process => process.Parent == daemon).Select(process => process.Id).ToList();
        Assert.That(killed, Has.Count.EqualTo(20));
        Signals.Send("KILL", killed);
        await Eventually.HoldsAsync(() => worker.Processes.Count == 22 && !worker.Processes.Select(process => process.Id).Intersect(killed).Any(), "20 others are there", timeout);
    }

    [Test]
    public async Task Comet_is_another_process_each_time(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "comet");
        var seen = new HashSet<int>();
        await Eventually.HoldsAsync(
            () =>
            {
                seen.UnionWith(worker.Processes.Where(process => process.Id != worker.Id && process.Session == process.Id).Select(process => process.Id));
                return seen.Count >= 5;
            },
            "it is seen under five ids",
            timeout);
    }

    [Test]
    public async Task Orphan_has_no_root(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "orphan");
        Assert.That(await worker.WaitForExitAsync(timeout), Is.Zero);
        Assert.That(worker.Processes.Select(process => process.Id), Has.One.Not.EqualTo(worker.Id));
    }

    [Test]
    public async Task Vandal_touches_no_group_but_its_own_and_the_one_it_was_told_of(CancellationToken timeout)
    {
        using var worker = Worker.Start("vandal"); // in the group of this test
        Assert.That(await worker.WaitForExitAsync(timeout), Is.EqualTo(1));
        Assert.That(await worker.Error, Does.Contain("not its own"));
    }

    [Test]
    public async Task Flood_writes_what_it_was_told_to_both_streams(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "flood", "1000000");
        Signals.Send("KILL", worker.Id);
        Assert.That((await worker.Output).Length, Is.GreaterThanOrEqualTo(1_000_000).And.EqualTo((await worker.Error).Length));
    }

    [Test]
    public async Task Close_ends_its_streams_and_not_itself(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "close");
        Assert.That(await worker.Output.WaitAsync(timeout) + await worker.Error.WaitAsync(timeout), Is.Empty);
        Assert.That(worker.Processes, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Echo_gives_back_what_it_gets(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "echo");
        await worker.Input.WriteAsync("one\ntwo");
        worker.Input.Close();
        Assert.That(await worker.Output, Is.EqualTo("one\ntwo"));
        Assert.That(await worker.WaitForExitAsync(timeout), Is.Zero);
    }

    [Test]
    public async Task Allocate_uses_that_much(CancellationToken timeout)
    {
        using var worker = await Worker.StandAsync(timeout, "allocate", "64");
        var resident = File.ReadAllText($"/proc/{worker.Id}/statm").Split(' ')[1];
        Assert.That(long.Parse(resident, System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize, Is.GreaterThan(64 << 20));
    }

    [TestCase("exit", "0", 0)]
    [TestCase("exit", "7", 7)]
    [TestCase("signal", "9", 137)]
    [TestCase("signal", "15", 143)]
    public async Task Ends_as_it_is_told(string command, string argument, int code, CancellationToken timeout)
    {
        using var worker = Worker.Start(command, argument);
        Assert.That(await worker.WaitForExitAsync(timeout), Is.EqualTo(code));
    }
}
