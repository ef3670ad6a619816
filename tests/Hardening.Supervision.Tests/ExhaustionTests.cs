using System.Diagnostics;

namespace Hardening.Supervision.Tests;

/// <summary>Without a descriptor or a process left, a start fails as that of <see cref="Process"/> does, nothing is lost, and afterwards all works again.</summary>
[TestFixture(Containment.Subreaper)]
[TestFixture(Containment.Cgroup)]
[TestFixture(Containment.PidNamespace)]
[CancelAfter(120_000)]
public sealed class ExhaustionTests(Containment level)
{
    private const int EAGAIN = 11;
    private const int EMFILE = 24;
    private const int MostFree = 10; // a start with three pipes takes eight for a moment

    // Of a fresh application: the supervisor, its threads, its guard, unshare and the listener are eight; the child is one more.
    private const int MostProcesses = 10;

    private static readonly StartOutcome Started = new(0);

    [SetUp]
    public Task NeedsTheLevelAsync() => Requirements.LevelAsync(level, TestContext.CurrentContext.CancellationToken);

    [Test]
    public async Task An_application_without_descriptors_gets_what_Process_gives_and_can_start_again(CancellationToken timeout)
    {
        using var drill = await DrillProcess.StartWarmAsync(level, timeout, "ulimit -n 200");
        var supervisor = await drill.SupervisorIdAsync(timeout);
        var before = (Usage.Of(drill.Id).Descriptors, Usage.Of(supervisor).Descriptors);
        HashSet<string> refused = [];
        for (var free = 0; free <= MostFree; free++)
        {
            await drill.AskAsync<int>($"hold {free}", timeout);
            foreach (var streams in (string[])["", " redirected"])
            {
                var outcome = await drill.StartAsync($"start /bin/true{streams}", timeout);
                Assert.That(outcome is { ExitCode: 0 } or { Type: "Win32Exception", Code: EMFILE }, $"{free} free: {outcome}");
                if (outcome.ExitCode is null)
                {
                    Assert.That(outcome.Message, Does.Contain("'/bin/true'").And.Contain("ulimit -n"));
                    refused.Add(streams);
                }
            }

            var bare = await drill.StartAsync("bare /bin/true redirected", timeout);
            Assert.That(bare is { ExitCode: 0 } or { Type: "Win32Exception", Code: EMFILE }, $"what is compared with: {bare}");
            await drill.AskAsync<int>("release", timeout);
            Assert.That(await drill.StartAsync("start /bin/true redirected", timeout), Is.EqualTo(Started), $"{free} were free before");
        }

        Assert.That(refused, Has.Count.EqualTo(2));
        await HasNothingLeftAsync(drill, supervisor, timeout);
        await Eventually.HoldsAsync(() => Usage.Of(drill.Id).Descriptors <= before.Item1 && Usage.Of(supervisor).Descriptors <= before.Item2, "no descriptor is left open", timeout);
        await drill.EndAsync(timeout);
    }

    [Test]
    public async Task A_supervisor_without_descriptors_says_so_and_can_start_again(CancellationToken timeout)
    {
        using var drill = await DrillProcess.StartWarmAsync(level, timeout);
        var supervisor = await drill.SupervisorIdAsync(timeout);
        var supervising = Supervising(supervisor);
        var before = Usage.Of(supervising).Descriptors;
        var highest = Directory.GetFileSystemEntries($"/proc/{supervising}/fd").Max(path => int.Parse(Path.GetFileName(path), provider: null));
        var limit = File.ReadLines($"/proc/{supervising}/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        HashSet<int?> codes = [];
        for (var room = 0; room <= MostFree; room++)
        {
            await LimitAsync(supervising, $"{highest + 1 + room}:", timeout);
            var outcome = await drill.StartAsync(room % 2 == 0 ? "start" : "start /bin/true redirected", timeout);
            Assert.That(outcome is { ExitCode: 0 } or { Type: "Win32Exception", Code: EMFILE }, $"{room} free: {outcome}");
            codes.Add(outcome.Code);
            await LimitAsync(supervising, $"{limit[3]}:", timeout);
            Assert.That(await drill.StartAsync("start /bin/true redirected", timeout), Is.EqualTo(Started), $"{room} were free before");
        }

        Assert.That(codes, Is.EquivalentTo(new int?[] { EMFILE, null }));
        await HasNothingLeftAsync(drill, supervisor, timeout);
        await Eventually.HoldsAsync(() => Usage.Of(supervising).Descriptors <= before, "no descriptor is left open", timeout);
        await drill.EndAsync(timeout);
    }

    [Test]
    public async Task Without_a_process_left_a_start_fails_as_that_of_Process_does(CancellationToken timeout)
    {
        using var few = FewProcesses.Require();
        using var drill = await DrillProcess.StartWarmAsync(level, timeout, few.Join);
        var supervisor = await drill.SupervisorIdAsync(timeout);
        await Eventually.HoldsAsync(() => ProcessScan.ZombiesOf(drill.Id, Supervising(supervisor)).Count == 0, "the children are reaped", timeout);
        few.AllowNoMore();
        foreach (var streams in (string[])["", " redirected"])
        {
            var outcome = await drill.StartAsync($"start /bin/true{streams}", timeout);
            var bare = await drill.StartAsync($"bare /bin/true{streams}", timeout);
            Assert.That((outcome.Type, outcome.Code), Is.EqualTo(("Win32Exception", EAGAIN)), outcome.ToString());
            Assert.That((bare.Type, bare.Code), Is.EqualTo((outcome.Type, outcome.Code)), "what is compared with");
            Assert.That(outcome.Message, Does.Contain("'/bin/true'").And.Contain("pids.max"));
        }

        few.AllowAll();
        Assert.That(await drill.StartAsync("start /bin/true redirected", timeout), Is.EqualTo(Started));
        await HasNothingLeftAsync(drill, supervisor, timeout);
        await drill.EndAsync(timeout);
    }

    [Test]
    public async Task A_supervisor_that_cannot_be_started_is_told_and_leaves_nothing(CancellationToken timeout)
    {
        using var few = FewProcesses.Require();
        HashSet<string?> types = [];
        for (var more = 0; more <= MostProcesses && !types.Contains(null); more++)
        {
            using var drill = DrillProcess.Start(level, few.Join);
            Assert.That(await drill.StartAsync("bare", timeout), Is.EqualTo(Started));
            few.AllowMore(more);
            var outcome = await drill.StartAsync("start", timeout);
            Assert.That(outcome.Type, Is.AnyOf(null, "SupervisorException", "Win32Exception"), outcome.ToString());
            Assert.That(outcome.Code, Is.AnyOf(null, EAGAIN), outcome.ToString());
            types.Add(outcome.Type);
            if (outcome.Type == "SupervisorException")
            {
                Assert.That(ProcessScan.DescendantsOf(drill.Id), Is.Empty, outcome.ToString());
                var before = Usage.Of(drill.Id).Descriptors;
                if ((await drill.StartAsync("start", timeout)).Type == outcome.Type) // a thread of the pool may have ended, and given its place
                {
                    Assert.That(Usage.Of(drill.Id).Descriptors, Is.LessThanOrEqualTo(before));
                }
            }

            few.AllowAll();
            Assert.That(await drill.StartAsync("start /bin/true redirected", timeout), Is.EqualTo(Started), $"after {outcome}");
            await HasNothingLeftAsync(drill, await drill.SupervisorIdAsync(timeout), timeout);
            await drill.EndAsync(timeout);
        }

        Assert.That(types, Is.SupersetOf(new string?[] { "SupervisorException", null }));
    }

    // With a PID namespace, the supervisor is the child of what holds the namespace.
    private int Supervising(int supervisor) => level == Containment.PidNamespace ? ProcessScan.DescendantsOf(supervisor)[0].Id : supervisor;

    private async Task HasNothingLeftAsync(DrillProcess drill, int supervisor, CancellationToken timeout)
    {
        var status = await drill.StatusAsync(timeout);
        Assert.That((status.RunningTrees, status.LeftProcesses, status.LostSupervisors, status.SupervisorId), Is.EqualTo((0, 0L, 0L, (int?)supervisor)));
        await Eventually.HoldsAsync(() => ProcessScan.ZombiesOf(drill.Id, Supervising(supervisor)).Count == 0, "all children are reaped", timeout);
    }

    private static async Task LimitAsync(int process, string descriptors, CancellationToken timeout)
    {
        using var prlimit = Process.Start("prlimit", [$"--pid={process}", $"--nofile={descriptors}"]);
        try
        {
            await prlimit.WaitForExitAsync(timeout);
            Assert.That(prlimit.ExitCode, Is.Zero, "prlimit of util-linux");
        }
        finally
        {
            prlimit.Kill(entireProcessTree: true);
        }
    }
}
