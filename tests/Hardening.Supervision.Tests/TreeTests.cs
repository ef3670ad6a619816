namespace Hardening.Supervision.Tests;

/// <summary>Which processes are whose: what ends with a tree, and what goes on.</summary>
[TestFixture(Containment.Subreaper)]
[TestFixture(Containment.Cgroup)]
[TestFixture(Containment.PidNamespace)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(90_000)]
public sealed class TreeTests(Containment level) : IDisposable
{
    private MarkedDirectory _marked = null!; // null in a test that was skipped
    private OwnerProcess _owner = null!;

    [SetUp]
    public async Task StartAsync()
    {
        await Requirements.LevelAsync(level, TestContext.CurrentContext.CancellationToken);
        _marked = new MarkedDirectory();
        _owner = OwnerProcess.Start(level, _marked);
    }

    public void Dispose()
    {
        _owner?.Dispose();
        _marked?.Dispose();
    }

    [TestCase("stop")]
    [TestCase("cancel")]
    [TestCase("dispose")]
    public async Task A_tree_ends_with_its_daemons_and_the_others_go_on(string how, CancellationToken timeout)
    {
        await StandAsync(timeout, "daemon@a", "bomb@b:20", "daemon@c", "bomb@d:20");
        await _owner.AskAsync($"{how} a b", timeout);
        await Eventually.HoldsAsync(() => Count("a") + Count("b") == 0, "both have ended", timeout);
        Assert.That((Count("c"), Count("d")), Is.EqualTo((2, 20)));
    }

    [Test]
    public async Task Everything_is_gone_when_StopAsync_returns(CancellationToken timeout)
    {
        await StandAsync(timeout, "bomb", "respawn", "comet", "daemon");
        await _owner.AskAsync("stop", timeout);
        Assert.That(ProcessScan.CountByDirectory(_marked.FullName), Is.Empty);
    }

    [Test]
    public async Task What_a_root_leaves_behind_ends_soon_after_it(CancellationToken timeout)
    {
        await _owner.AskAsync("start orphan deaf", timeout);
        Assert.That((await _owner.AskAsync("exit orphan", timeout)).GetProperty("orphan").GetString(), Is.EqualTo("exited with code 0"));
        await Eventually.HoldsAsync(() => Count("orphan") == 0, "the daemon of the ended root has ended", timeout);
        Assert.That(Count("deaf"), Is.EqualTo(1));
    }

    [Test]
    public async Task Kept_descendants_outlive_the_root_until_the_tree_is_stopped(CancellationToken timeout)
    {
        await _owner.AskAsync("start orphan:keep orphan@other", timeout);
        await _owner.AskAsync("exit", timeout);
        await _marked.StandsAsync(timeout, "orphan"); // which it says after the root has exited
        await Eventually.HoldsAsync(() => Count("other") == 0, "what is not kept has ended", timeout);
        Assert.That(Count("orphan"), Is.EqualTo(1));
        await _owner.AskAsync("stop orphan", timeout);
        Assert.That(Count("orphan"), Is.Zero);
    }

    [Test]
    public async Task A_child_that_signals_every_group_it_knows_harms_no_other(CancellationToken timeout)
    {
        await StandAsync(timeout, "deaf", "tree");
        var supervisor = await _owner.SupervisorIdAsync(timeout);
        await StandAsync(timeout, $"vandal:{supervisor}");
        Assert.That((Count("deaf"), Count("tree"), Count("vandal")), Is.EqualTo((1, 4, 1)));
        Assert.That(await _owner.SupervisorIdAsync(timeout), Is.EqualTo(supervisor));
    }

    [Test]
    public async Task A_child_that_is_just_being_started_is_not_harmed_either(CancellationToken timeout)
    {
        await _owner.AskAsync("containment", timeout);
        var supervisor = await _owner.SupervisorIdAsync(timeout);
        for (var round = 0; round < 2; round++)
        {
            // While it starts up and signals, those after it are started.
            await StandAsync(timeout, [$"vandal@{round}:{supervisor}", .. Enumerable.Range(0, 30).Select(number => $"deaf@{round}-{number}")]);
            await _owner.AskAsync("stop", timeout);
        }
    }

    [Test]
    public async Task An_owner_may_be_the_child_of_an_owner(CancellationToken timeout)
    {
        await StandAsync(timeout, "deaf", "nested:daemon:bomb:respawn:comet");
        await _marked.StandsAsync(timeout, "nested/daemon", "nested/bomb", "nested/respawn", "nested/comet");
        Assert.That(Count("nested"), Is.GreaterThan(224));
        await _owner.AskAsync("stop nested", timeout);
        await Eventually.HoldsAsync(() => Count("nested") == 0, "the inner owner has ended with its children", timeout);
        Assert.That(Count("deaf"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_nested_owner_ends_with_the_outermost(CancellationToken timeout)
    {
        await StandAsync(timeout, "nested:daemon:bomb:ignore");
        await _marked.StandsAsync(timeout, "nested/daemon", "nested/bomb", "nested/ignore");
        Signals.Send("KILL", _owner.Id);
        await Survivors.AreGoneAsync(_marked, timeout);
    }

    private async Task StandAsync(CancellationToken timeout, params string[] children)
    {
        await _owner.AskAsync("start " + string.Join(' ', children), timeout);
        await _marked.StandsAsync(timeout, children.Select(child => child.Split(':')[0].Split('@')[^1]).Where(name => name != "nested"));
    }

    private int Count(string name) => ProcessScan.CountByDirectory(_marked.FullName).GetValueOrDefault(name);
}
