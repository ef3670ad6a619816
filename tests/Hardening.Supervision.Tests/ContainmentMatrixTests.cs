using System.Diagnostics;

namespace Hardening.Supervision.Tests;

/// <summary>Every level of containment × everything that ends children: of each escape, and there are all at once, nothing is left.</summary>
[TestFixture(Containment.Subreaper)]
[TestFixture(Containment.Cgroup)]
[TestFixture(Containment.PidNamespace)]
public sealed class ContainmentMatrixTests(Containment level)
{
    // The children that misbehave.py describes. A third of a bomb and the whole of 'ignore' need the end of the grace period.
    private static readonly string[] Escapes = ["ignore", "stopped", "tree", "daemon", "bomb", "respawn", "comet", "close", "deaf", "flood"];

    [TestCase(Trigger.StopAsync)]
    [TestCase(Trigger.CancelledWait)]
    [TestCase(Trigger.Dispose)]
    [TestCase(Trigger.OwnerReturns)]
    [TestCase(Trigger.OwnerThrows)]
    [TestCase(Trigger.OwnerTerminated)]
    [TestCase(Trigger.OwnerKilled)]
    [TestCase(Trigger.SupervisorKilled)]
    [TestCase(Trigger.OwnerAndSupervisorKilled)]
    [TestCase(Trigger.EveryoneKilled)]
    [CancelAfter(120_000)]
    public async Task Nothing_is_left_after(Trigger trigger, CancellationToken timeout)
    {
        await Requirements.LevelAsync(level, timeout);
        using var bystanders = new MarkedDirectory();
        using var marked = new MarkedDirectory();
        using var owner = OwnerProcess.Start(level, marked, plainChild: bystanders.FullName);
        await owner.AskAsync("start " + string.Join(' ', Escapes), timeout);
        // One signals the supervisor's process group; the root of the other has exited, so that there is no wait to cancel.
        var special = new List<string> { $"vandal:{await owner.SupervisorIdAsync(timeout)}" };
        if (trigger != Trigger.CancelledWait)
        {
            special.Add("orphan:keep");
        }

        await owner.AskAsync("start " + string.Join(' ', special), timeout);
        var names = Escapes.Concat(special).Select(child => child.Split(':')[0]).ToList();
        await marked.StandsAsync(timeout, names);
        var before = ProcessScan.CountByDirectory(marked.FullName);
        foreach (var name in names.Where(name => name != "comet")) // which a look may miss
        {
            Assert.That(before.GetValueOrDefault(name), Is.EqualTo(marked.Announced(name)), name);
        }

        var household = await Household.OfAsync(owner, marked, timeout);
        Assert.That(household.ControlGroup is null, Is.EqualTo(level != Containment.Cgroup), household.ControlGroup);
        var clock = Stopwatch.StartNew();
        await PullAsync(trigger, household, timeout);
        if (trigger == Trigger.EveryoneKilled)
        {
            await NextStartSweepsAsync(timeout);
        }

        await Survivors.AreGoneAsync(marked, timeout);
        await TestContext.Out.WriteLineAsync($"{level}, {trigger}: {before.Values.Sum()} processes ended in {clock.ElapsedMilliseconds} ms");
        Assert.That(bystanders.Processes.Select(process => process.State), Is.EqualTo("S"), "a child of the owner that is not supervised is left alone");
        if (!owner.HasExited)
        {
            var parents = household.Keepers.Select(keeper => keeper.Id).Append(owner.Id).ToList();
            await Eventually.HoldsAsync(() => ProcessScan.ZombiesOf(parents).Count == 0, "all are reaped", timeout);
            await owner.OrderAsync("return");
            await owner.WaitForExitAsync(timeout);
        }

        await household.IsGoneAsync(timeout);
    }

    private static async Task PullAsync(Trigger trigger, Household household, CancellationToken timeout)
    {
        var owner = household.Owner;
        switch (trigger)
        {
            case Trigger.StopAsync:
                await owner.AskAsync("stop", timeout);
                return;
            case Trigger.CancelledWait:
                var waits = await owner.AskAsync("cancel", timeout);
                Assert.That(waits.EnumerateObject().Select(wait => wait.Value.GetString()), Has.All.EqualTo("cancelled"));
                return;
            case Trigger.Dispose:
                await owner.AskAsync("dispose", timeout);
                return;
            case Trigger.SupervisorKilled:
                Signals.Send("KILL", household.SupervisorId);
                return;
            case Trigger.OwnerReturns:
                await owner.OrderAsync("return");
                break;
            case Trigger.OwnerThrows:
                await owner.OrderAsync("throw");
                break;
            case Trigger.OwnerTerminated:
                Signals.Send("TERM", owner.Id);
                break;
            case Trigger.OwnerKilled:
                Signals.Send("KILL", owner.Id);
                break;
            case Trigger.OwnerAndSupervisorKilled:
                Household.KillAtOnce(owner.Id, household.SupervisorId);
                break;
            case Trigger.EveryoneKilled:
                Household.KillAtOnce([owner.Id, .. household.Keepers.Select(keeper => keeper.Id)]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(trigger), trigger, null);
        }

        await owner.WaitForExitAsync(timeout);
        int[] expected = trigger switch
        {
            Trigger.OwnerReturns => [OwnerProcess.ReturnCode],
            Trigger.OwnerThrows => [128 + 6],
            Trigger.OwnerTerminated => [128 + 15],
            _ => [128 + 9],
        };
        Assert.That(owner.ExitCode, Is.AnyOf([.. expected]), "the owner ended as it was meant to");
    }

    // The next instance of the same application: it starts no child.
    private async Task NextStartSweepsAsync(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        using var next = OwnerProcess.Start(level, marked);
        await next.AskAsync("sweep", timeout);
        await next.OrderAsync("return");
        await next.WaitForExitAsync(timeout);
    }
}
