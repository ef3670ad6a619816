using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

public sealed class ProcessGateTests
{
    private readonly ManualTimeProvider _time = new();

    [Test, CancelAfter(60_000)]
    public async Task Gives_as_many_places_as_it_has_and_then_the_one_that_comes_free_to_the_first_in_line()
    {
        var gate = new ProcessGate(2);
        await EnterAsync(gate);
        await EnterAsync(gate);
        var first = EnterAsync(gate);
        var second = EnterAsync(gate);
        Assert.That((gate.Limit, gate.Running, gate.Waiting, first.IsCompleted), Is.EqualTo((2, 2, 2, false)));
        gate.Leave();
        await first;
        Assert.That((gate.Running, gate.Waiting, second.IsCompleted), Is.EqualTo((2, 1, false)));
        gate.Leave();
        gate.Leave();
        await second;
        Assert.That((gate.Running, gate.Waiting), Is.EqualTo((1, 0)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Gives_up_after_the_wait_that_is_allowed_and_says_so()
    {
        var gate = new ProcessGate(1) { MaxWait = TimeSpan.FromSeconds(3) };
        await EnterAsync(gate);
        var late = EnterAsync(gate);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.That(late.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That((await Assert.CatchAsync<ProcessGateFullException>(() => late))!.Message, Does.Contain("'test'").And.Contain("00:00:03"));
        Assert.That((gate.Running, gate.Waiting), Is.EqualTo((1, 0)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Refuses_at_once_when_too_many_wait()
    {
        var gate = new ProcessGate(1) { MaxWaiting = 1 };
        await EnterAsync(gate);
        var waits = EnterAsync(gate);
        await Assert.CatchAsync<ProcessGateFullException>(() => EnterAsync(gate));
        gate.Leave();
        await waits;
    }

    [Test, CancelAfter(60_000)]
    public async Task A_cancelled_wait_leaves_no_place_behind()
    {
        var gate = new ProcessGate(1);
        await EnterAsync(gate);
        using var cancel = new CancellationTokenSource();
        var cancelled = gate.EnterAsync("test", ProcessMetrics.Shared, _time, cancel.Token);
        await cancel.CancelAsync();
        var thrown = await Assert.CatchAsync<OperationCanceledException>(() => cancelled);
        Assert.That(thrown!.CancellationToken, Is.EqualTo(cancel.Token));
        gate.Leave();
        Assert.That((gate.Running, gate.Waiting), Is.EqualTo((0, 0)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_thread_may_wait_too()
    {
        var gate = new ProcessGate(1) { MaxWait = TimeSpan.FromSeconds(20) };
        gate.Enter("test", ProcessMetrics.Shared);
        var waits = Task.Factory.StartNew(() => gate.Enter("test", ProcessMetrics.Shared), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually.HoldsAsync(() => gate.Waiting == 1, "the thread waits", TestContext.CurrentContext.CancellationToken);
        gate.Leave();
        await waits;
        Assert.That(gate.Running, Is.EqualTo(1));
        var full = new ProcessGate(1) { MaxWait = TimeSpan.Zero };
        full.Enter("test", ProcessMetrics.Shared);
        Assert.Throws<ProcessGateFullException>(() => full.Enter("test", ProcessMetrics.Shared));
    }

    [Test, CancelAfter(60_000)]
    public async Task Tells_how_many_wait()
    {
        using var metrics = new MetricRecorder();
        var gate = new ProcessGate(1);
        await gate.EnterAsync("waiting-metric", ProcessMetrics.Shared, _time, CancellationToken.None);
        var waits = gate.EnterAsync("waiting-metric", ProcessMetrics.Shared, _time, CancellationToken.None);
        gate.Leave();
        await waits;
        Assert.That(
            metrics.Collect().Where(m => m.Name == "hardening.process.gate.waiting" && "waiting-metric".Equals(m.Tags["hardening.process.name"])).Select(m => m.Value),
            Is.EqualTo([1.0, -1.0]));
    }

    [Test]
    public void Limits_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new ProcessGate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new ProcessGate(100_001));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new ProcessGate(1) { MaxWait = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new ProcessGate(1) { MaxWaiting = -1 });
    }

    private Task EnterAsync(ProcessGate gate) => gate.EnterAsync("test", ProcessMetrics.Shared, _time, CancellationToken.None);
}
