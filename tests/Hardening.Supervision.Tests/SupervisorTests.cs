using System.Diagnostics;

namespace Hardening.Supervision.Tests;

/// <summary>What the supervisor gives its children, and what it withstands.</summary>
[TestFixture(Containment.Subreaper)]
[TestFixture(Containment.Cgroup)]
[TestFixture(Containment.PidNamespace)]
[CancelAfter(90_000)]
public sealed class SupervisorTests(Containment level)
{
    private static readonly TimeSpan ShortAnswer = TimeSpan.FromSeconds(5);

    [SetUp]
    public Task NeedsTheLevelAsync() => Requirements.LevelAsync(level, TestContext.CurrentContext.CancellationToken);

    [Test]
    public async Task A_child_inherits_its_three_streams_and_no_other_descriptor(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        using var owner = OwnerProcess.Start(level, marked, openDescriptors: 50);
        Assert.That(Directory.EnumerateFileSystemEntries($"/proc/{await StartedAsync(owner, timeout)}/fd").Count(), Is.GreaterThan(50), "the owner holds what could be inherited");
        var output = await RunAsync(owner, [Misbehaving.Python!, .. Misbehaving.Arguments, "descriptors"], timeout);
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]), Is.EqualTo(new[] { "0", "1", "2" }), output);
    }

    [Test]
    public async Task A_child_has_the_usual_signal_dispositions_and_none_blocked(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        using var owner = OwnerProcess.Start(level, marked);
        var status = (await RunAsync(owner, ["cat", "/proc/self/status"], timeout)).Split('\n').Where(line => line.Contains('\t', StringComparison.Ordinal)).ToDictionary(line => line.Split(":\t")[0], line => line.Split(":\t")[1]);
        foreach (var mask in (string[])["SigBlk", "SigIgn", "SigCgt", "SigPnd", "ShdPnd"])
        {
            Assert.That(Convert.ToUInt64(status[mask], 16) & 0x7fffffff, Is.Zero, $"{mask} is {status[mask]}");
        }
    }

    [Test]
    public async Task No_signal_but_SIGKILL_ends_the_supervisor(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        using var owner = OwnerProcess.Start(level, marked);
        await owner.AskAsync("start deaf", timeout);
        var household = await Household.OfAsync(owner, marked, timeout);
        foreach (var signal in (string[])["TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "PIPE", "ALRM", "TSTP"])
        {
            Signals.Send(signal, household.SupervisorId);
            await owner.AskAsync($"start deaf@{signal}", timeout);
            Assert.That((await Household.OfAsync(owner, marked, timeout)).SupervisorId, Is.EqualTo(household.SupervisorId), signal);
        }

        Assert.That(marked.Processes, Has.Count.EqualTo(10));
    }

    [Test]
    public async Task A_supervisor_that_hangs_fails_the_start_in_time_and_leaves_nothing(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        using var owner = OwnerProcess.Start(level, marked, ShortAnswer);
        await owner.AskAsync("start daemon", timeout);
        await marked.StandsAsync(timeout, "daemon");
        var household = await Household.OfAsync(owner, marked, timeout);
        Signals.Stop(household.SupervisorId);
        var clock = Stopwatch.StartNew();
        var failure = await owner.AskForErrorAsync("start deaf", timeout);
        Assert.That(failure, Does.StartWith(nameof(SupervisorException)).And.Contain($"did not answer within {ShortAnswer}: it has been ended"));
        Assert.That(clock.Elapsed, Is.GreaterThan(ShortAnswer / 2));
        await Survivors.AreGoneAsync(marked, timeout);
        await household.IsGoneAsync(timeout);
    }

    [Test]
    public async Task A_supervisor_that_was_killed_is_told_and_replaced(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        using var owner = OwnerProcess.Start(level, marked);
        await owner.AskAsync("start ignore", timeout);
        await marked.StandsAsync(timeout, "ignore");
        var lost = await Household.OfAsync(owner, marked, timeout);
        Signals.Send("KILL", lost.SupervisorId);
        Assert.That((await owner.AskAsync("exit ignore", timeout)).GetProperty("ignore").GetString(), Is.EqualTo("ended by signal 9"));
        await Survivors.AreGoneAsync(marked, timeout);
        await owner.AskAsync("start tree", timeout);
        await marked.StandsAsync(timeout, "tree");
        var status = await owner.AskAsync("status", timeout);
        Assert.That(status.GetProperty(nameof(ProcessTreeStatus.LostSupervisors)).GetInt64(), Is.EqualTo(1));
        Assert.That((await Household.OfAsync(owner, marked, timeout)).SupervisorId, Is.Not.EqualTo(lost.SupervisorId));
        Assert.That(status.GetProperty(nameof(ProcessTreeStatus.IsGuarded)).GetBoolean());
        await owner.AskAsync("stop tree", timeout);
        Assert.That(ProcessScan.CountByDirectory(marked.FullName), Is.Empty);
        await lost.IsGoneAsync(timeout);
    }

    [Test]
    public async Task The_level_that_was_asked_for_is_in_effect(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        using var owner = OwnerProcess.Start(level, marked);
        Assert.That((await owner.AskAsync("containment", timeout)).GetProperty("Containment").GetString(), Is.EqualTo(level.ToString()));
        await owner.AskAsync("start deaf", timeout);
        await marked.StandsAsync(timeout, "deaf");
        var child = marked.Processes.Single().Id;
        Assert.That(Namespace(child) == Namespace(owner.Id), Is.EqualTo(level != Containment.PidNamespace));
        Assert.That(ControlGroup(child) == ControlGroup(owner.Id), Is.EqualTo(level != Containment.Cgroup));
    }

    private static async Task<int> StartedAsync(OwnerProcess owner, CancellationToken timeout)
    {
        await owner.AskAsync("containment", timeout);
        return owner.Id;
    }

    private static async Task<string> RunAsync(OwnerProcess owner, string[] command, CancellationToken timeout)
    {
        var ran = await owner.AskAsync("run " + string.Join(' ', command), timeout);
        Assert.That(ran.GetProperty("ExitCode").GetInt32(), Is.Zero, ran.ToString());
        return ran.GetProperty("Output").GetString()!;
    }

    private static string? Namespace(int process) => new FileInfo($"/proc/{process}/ns/pid").LinkTarget;

    private static string ControlGroup(int process) => File.ReadLines($"/proc/{process}/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal)) ?? "";
}
