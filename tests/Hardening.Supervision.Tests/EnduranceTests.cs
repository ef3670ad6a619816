namespace Hardening.Supervision.Tests;

/// <summary>Thousands of children, and supervisors that are killed while children are started.</summary>
[CancelAfter(180_000)]
public sealed class EnduranceTests
{
    private const int WarmUp = 2_000;
    private const int Children = 10_000;
    private const int AtOnce = 32;
    private const int ManyRunning = 4_000; // whose ids are more than 16 KiB of text
    private const int Few = 100; // a leak is one for each child, and on a busy machine the thread pool grows by itself
    private const int Kills = 5;
    private const int StartsBetweenKills = 20;
    private const long FewBytes = 4 << 20; // the heap of a collector that has not run yet

    [Test]
    public async Task Ten_thousand_short_children_leave_nothing_behind(CancellationToken timeout)
    {
        using var drill = DrillProcess.Start(Containment.Automatic);
        Assert.That(await drill.AskAsync<string[]>($"children {WarmUp} {AtOnce}", timeout), Is.Empty);
        var supervisor = await drill.SupervisorIdAsync(timeout);
        var memory = await drill.AskAsync<long>("collect", timeout);
        var (application, supervising) = (Usage.Of(drill.Id), Usage.Of(supervisor));
        Assert.That(await drill.AskAsync<string[]>($"children {Children} {AtOnce}", timeout), Is.Empty);
        Assert.That((await drill.StatusAsync(timeout)).RunningTrees, Is.Zero);
        await Eventually.HoldsAsync(() => ProcessScan.ZombiesOf(drill.Id, supervisor).Count == 0, "all children are reaped", timeout);
        var memoryAfter = await drill.AskAsync<long>("collect", timeout);
        var (applicationAfter, supervisingAfter) = (Usage.Of(drill.Id), Usage.Of(supervisor));
        await TestContext.Out.WriteLineAsync($"application: {application}, then {applicationAfter}; managed {memory}, then {memoryAfter}; supervisor: {supervising}, then {supervisingAfter}");
        Assert.That(memoryAfter, Is.LessThan(memory + (FewBytes / 4)), "what the application holds");
        Assert.That(applicationAfter.Descriptors, Is.LessThanOrEqualTo(application.Descriptors + Few), "the runtime opens some when it first needs them");
        Assert.That(applicationAfter.Threads, Is.LessThanOrEqualTo(application.Threads + Few), "the pool's own");
        Assert.That(supervisingAfter.Descriptors, Is.LessThanOrEqualTo(supervising.Descriptors + Few));
        Assert.That(supervisingAfter.Threads, Is.LessThanOrEqualTo(supervising.Threads));
        Assert.That(supervisingAfter.PrivateBytes, Is.LessThan(supervising.PrivateBytes + FewBytes));
        await drill.EndAsync(timeout);
    }

    [Test]
    public async Task Among_thousands_of_children_a_daemon_is_found(CancellationToken timeout)
    {
        Requirements.Python();
        using var marked = new MarkedDirectory();
        using var drill = DrillProcess.Start(Containment.Automatic);
        await drill.AskAsync<int>($"wait {ManyRunning}", timeout);
        var outcome = await drill.AskAsync<StartOutcome>($"stop {marked.Child("daemon")} daemon", timeout);
        Assert.That(outcome, Is.EqualTo(new StartOutcome(128 + 15)));
        Assert.That(marked.Announced("daemon"), Is.EqualTo(2));
        Assert.That(marked.Processes, Is.Empty);
        Assert.That((await drill.StatusAsync(timeout)).RunningTrees, Is.EqualTo(ManyRunning));
        await drill.EndAsync(timeout);
    }

    [TestCase(Containment.Subreaper)]
    [TestCase(Containment.Cgroup)]
    [TestCase(Containment.PidNamespace)]
    public async Task A_supervisor_killed_amid_starts_costs_those_starts_and_nothing_else(Containment level, CancellationToken timeout)
    {
        await Requirements.LevelAsync(level, timeout);
        using var drill = await DrillProcess.StartWarmAsync(level, timeout);
        await drill.AskAsync<int>("wait 10", timeout);
        var before = Usage.Of(drill.Id).Descriptors;
        await drill.AskAsync<int>("stream 6", timeout);
        var supervisor = 0;
        for (var kill = 1; kill <= Kills; kill++)
        {
            var started = await drill.AskAsync<int>("streamed", timeout);
            while (await drill.AskAsync<int>("streamed", timeout) < started + StartsBetweenKills)
            {
                timeout.ThrowIfCancellationRequested();
            }

            supervisor = await drill.SupervisorIdAsync(timeout);
            Signals.Send("KILL", supervisor);
            while ((await drill.StatusAsync(timeout)).LostSupervisors < kill)
            {
                timeout.ThrowIfCancellationRequested();
            }
        }

        var outcomes = await drill.AskAsync<StartOutcome[]>("end", timeout);
        var odd = outcomes.Where(outcome => outcome is not ({ ExitCode: 0 } or { IsSupervisorLost: true } or { Type: nameof(SupervisorException) })).ToList();
        Assert.That(odd, Is.Empty);
        Assert.That(outcomes.Count(outcome => outcome.ExitCode == 0), Is.GreaterThanOrEqualTo(Kills * StartsBetweenKills));
        var waited = await drill.AskAsync<StartOutcome[]>("waited", timeout);
        Assert.That(waited, Has.Length.EqualTo(10).And.All.EqualTo(new StartOutcome(128 + 9, IsSupervisorLost: true)));
        Assert.That(await drill.StartAsync("start /bin/true redirected", timeout), Is.EqualTo(new StartOutcome(0)));
        supervisor = await drill.SupervisorIdAsync(timeout);
        Assert.That((await drill.StatusAsync(timeout)).RunningTrees, Is.Zero);
        await Eventually.HoldsAsync(() => ProcessScan.ZombiesOf(drill.Id, supervisor).Count == 0, "the lost supervisors are reaped", timeout);
        await drill.AskAsync<long>("collect", timeout);
        await Eventually.HoldsAsync(() => Usage.Of(drill.Id).Descriptors < before + Kills, "no descriptor of a lost supervisor is left open: a leak is one for each, and the runtime opens some late", timeout);
        await TestContext.Out.WriteLineAsync($"{level}: {outcomes.Length} starts, {outcomes.Count(outcome => outcome.IsSupervisorLost)} lost, {outcomes.Count(outcome => outcome.Type is not null)} refused");
        await drill.EndAsync(timeout);
    }
}
