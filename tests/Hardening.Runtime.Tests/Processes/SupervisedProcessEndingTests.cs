using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

public sealed class SupervisedProcessEndingTests
{
    private const string Stubborn = "trap '' TERM; echo $$; while :; do sleep 1; done";

    private static SupervisionOptions Grace(double seconds) => new() { StopGracePeriod = TimeSpan.FromSeconds(seconds) };

    [Test, CancelAfter(60_000)]
    public async Task Stop_lets_the_process_end_by_itself(CancellationToken timeout)
    {
        var (process, _) = await Shell.StartReadyAsync("trap 'exit 3' TERM; echo; while :; do sleep 0.05; done", null, timeout);
        await using (process)
        {
            Assert.That((await process.StopAsync(timeout)).ExitCode, Is.EqualTo(3));
            Assert.That((await process.StopAsync(timeout)).ExitCode, Is.EqualTo(3), "once more does nothing");
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Stop_kills_what_does_not_end_in_time(CancellationToken timeout)
    {
        var (process, id) = await Shell.StartReadyAsync(Stubborn, Grace(0.2), timeout);
        await using (process)
        {
            var stops = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => process.StopAsync(timeout)));
            Assert.That(stops.Select(exit => exit.Signal), Has.All.EqualTo(9));
            Assert.That(Shell.Runs(id), Is.False);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_token_cuts_the_grace_period_short(CancellationToken timeout)
    {
        var (process, _) = await Shell.StartReadyAsync(Stubborn, Grace(600), timeout);
        await using (process)
        {
            using var hurry = CancellationTokenSource.CreateLinkedTokenSource(timeout);
            var stop = process.StopAsync(hurry.Token);
            Assert.That(stop.IsCompleted, Is.False);
            await hurry.CancelAsync();
            Assert.That((await stop).Signal, Is.EqualTo(9));
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Stop_ends_the_descendants_that_left_the_process_group_too(CancellationToken timeout)
    {
        var (process, id) = await Shell.StartReadyAsync("setsid sh -c \"trap '' TERM; echo \\$\\$; while :; do sleep 1; done\" & wait", Grace(0.2), timeout);
        await using (process)
        {
            Assert.That(Shell.Runs(id));
            await process.StopAsync(timeout);
            Assert.That(Shell.Runs(id), Is.False);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_cancelled_wait_stops_the_process_and_says_by_whom(CancellationToken timeout)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var (process, id) = await Shell.StartReadyAsync("echo $$; exec sleep 1000", null, timeout);
        await using (process)
        {
            var wait = process.WaitForExitAsync(cancel.Token);
            await cancel.CancelAsync();
            Assert.That((await Assert.CatchAsync<OperationCanceledException>(() => wait))!.CancellationToken, Is.EqualTo(cancel.Token));
            Assert.That((Shell.Runs(id), process.HasExited), Is.EqualTo((false, true)));
            await process.WaitForExitAsync(cancel.Token); // it has exited: nothing to cancel
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Kill_ends_the_tree_or_the_process_alone_and_the_rest_after_it(CancellationToken timeout)
    {
        foreach (var whole in (bool[])[true, false])
        {
            var (process, id) = await Shell.StartReadyAsync("sleep 1000 & echo $!; wait", Grace(5), timeout);
            await using (process)
            {
                process.Kill(whole);
                await process.WaitForExitAsync(timeout);
                Assert.That(process.Exit!.Value.Signal, Is.EqualTo(9));
                await Eventually.HoldsAsync(() => !Shell.Runs(id), "the descendant is gone", timeout);
                process.Kill();
                process.Kill(false); // as with Process, too late is no error
            }
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Dispose_asks_and_does_not_wait(CancellationToken timeout)
    {
        var (process, id) = await Shell.StartReadyAsync(Stubborn, Grace(0.5), timeout);
        process.Dispose();
        Assert.That(process.HasExited, Is.False, "it ignores SIGTERM, and nobody waited for it");
        await Eventually.HoldsAsync(() => !Shell.Runs(id), "it is killed after the grace period", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task DisposeAsync_waits_until_nothing_is_left(CancellationToken timeout)
    {
        var (process, id) = await Shell.StartReadyAsync(Stubborn, Grace(0.2), timeout);
        await process.DisposeAsync();
        Assert.That(Shell.Runs(id), Is.False);
        await process.DisposeAsync();
        process.Dispose();
    }

    [TestCase("sleep 1000 & echo $!")]
    [TestCase("setsid sleep 1000 & echo $!")]
    [TestCase("setsid sh -c \"trap '' TERM; echo \\$\\$; while :; do sleep 1; done\" & read x")]
    [CancelAfter(60_000)]
    public async Task A_descendant_that_holds_the_output_holds_up_nobody(string script, CancellationToken timeout)
    {
        await using var process = Shell.Start(script, Grace(0.2), input: true);
        var id = await process.StandardOutput.ReadLineAsync(timeout);
        process.StandardInput.Close();
        await process.WaitForExitAsync(timeout);
        Assert.That(await process.StandardOutput.ReadToEndAsync(timeout), Is.Empty);
        await Eventually.HoldsAsync(() => !Shell.Runs(id!), "it was ended with its root", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Descendants_that_are_kept_go_on_and_hold_up_nobody(CancellationToken timeout)
    {
        var options = new SupervisionOptions { KeepDescendants = true };
        await using var process = Shell.Start("sleep 1000 & echo $!; seq 1000", options);
        await process.WaitForExitAsync(timeout);
        var id = await process.StandardOutput.ReadLineAsync(timeout);
        Assert.That((process.HasExited, Shell.Runs(id!)), Is.EqualTo((true, true)));
        await process.StopAsync(timeout);
        Assert.That(Shell.Runs(id!), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public async Task Dispose_ends_the_descendants_that_were_kept(CancellationToken timeout)
    {
        var process = Shell.Start("sleep 1000 & echo $!", new SupervisionOptions { KeepDescendants = true });
        var id = await process.StandardOutput.ReadLineAsync(timeout);
        await process.WaitForExitAsync(timeout);
        Assert.That(Shell.Runs(id!));
        process.Dispose();
        await Eventually.HoldsAsync(() => !Shell.Runs(id!), "the descendant is gone", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_handler_may_wait_for_the_end_or_bring_it_about(CancellationToken timeout)
    {
        await using var process = Shell.Start("echo a; exec sleep 1000", new SupervisionOptions { ReaderTimeout = TimeSpan.FromMilliseconds(50) });
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is not null)
            {
                process.Kill();
                ended.TrySetResult(process.WaitForExit(TimeSpan.FromSeconds(50)));
            }
        };
        process.BeginOutputReadLine();
        Assert.That(await ended.Task.WaitAsync(timeout));
        await process.WaitForExitAsync(timeout);
    }
}
