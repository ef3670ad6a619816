namespace Hardening.Supervision.Tests;

/// <summary>What the next start of an application ends, and what it leaves alone.</summary>
[TestFixture(Containment.Subreaper)]
[TestFixture(Containment.Cgroup)]
[CancelAfter(90_000)]
public sealed class SweepTests(Containment level)
{
    [SetUp]
    public Task NeedsTheLevelAsync() => Requirements.LevelAsync(level, TestContext.CurrentContext.CancellationToken);

    [Test]
    public async Task The_orphans_of_a_dead_instance_are_ended_and_counted_and_those_of_a_living_one_left(CancellationToken timeout)
    {
        using var plain = new MarkedDirectory();
        using var unrelated = await Worker.StandAsync(timeout, "bomb", "10");
        using var deadsChildren = new MarkedDirectory();
        using var livingsChildren = new MarkedDirectory();
        using var dead = OwnerProcess.Start(level, deadsChildren, plainChild: plain.FullName);
        using var living = OwnerProcess.Start(level, livingsChildren);
        foreach (var (owner, marked) in new[] { (dead, deadsChildren), (living, livingsChildren) })
        {
            await owner.AskAsync("start daemon bomb:20 tree", timeout);
            await marked.StandsAsync(timeout, "daemon", "bomb", "tree");
        }

        var household = await Household.OfAsync(dead, deadsChildren, timeout);
        Household.KillAtOnce([dead.Id, .. household.Keepers.Select(keeper => keeper.Id)]);
        await dead.WaitForExitAsync(timeout);
        Assert.That(deadsChildren.Processes, Has.Count.EqualTo(26), "with everyone killed, nothing ends them yet");

        using var nextsChildren = new MarkedDirectory();
        using var next = OwnerProcess.Start(level, nextsChildren);
        await next.AskAsync("sweep", timeout);
        await Survivors.AreGoneAsync(deadsChildren, timeout);
        long counted;
        while ((counted = (await next.AskAsync("status", timeout)).GetProperty(nameof(ProcessTreeStatus.EndedOrphans)).GetInt64()) == 0)
        {
            // The supervisor tells of it when it has seen that none is left.
        }

        Assert.That(counted, Is.EqualTo(26));
        Assert.That(livingsChildren.Processes, Has.Count.EqualTo(26));
        Assert.That(unrelated.Processes, Has.Count.EqualTo(10));
        Assert.That(plain.Processes, Has.Count.EqualTo(1));
        await household.IsGoneAsync(timeout);
    }
}
