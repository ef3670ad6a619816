using System.Diagnostics;
using System.Globalization;
using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

public sealed class SupervisedProcessTests
{
    [Test, CancelAfter(60_000)]
    public async Task Tells_how_it_ended(CancellationToken timeout)
    {
        await using var exited = Shell.Start("exit 7");
        await exited.WaitForExitAsync(timeout);
        Assert.That((exited.HasExited, exited.ExitCode, exited.Exit!.Value.Signal), Is.EqualTo((true, 7, (int?)null)));
        await using var killed = Shell.Start("kill -9 $$");
        await killed.WaitForExitAsync(timeout);
        Assert.That((killed.ExitCode, killed.Exit!.Value.Signal), Is.EqualTo((137, (int?)9)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Tells_nothing_of_an_end_before_it(CancellationToken timeout)
    {
        await using var process = Shell.Start("read x", input: true);
        Assert.That((process.HasExited, process.Exit), Is.EqualTo((false, (ProcessExit?)null)));
        Assert.Throws<InvalidOperationException>(() => _ = process.ExitCode);
        Assert.Throws<InvalidOperationException>(() => _ = process.ExitTime);
        Assert.That(process.WaitForExit(TimeSpan.Zero), Is.False);
        Assert.That(process.WaitForExit(1), Is.False);
        await process.StandardInput.WriteLineAsync("go".AsMemory(), timeout);
        Assert.That(process.WaitForExit(TimeSpan.FromSeconds(50)));
        Assert.That(process.WaitForExit(Timeout.Infinite));
    }

    [Test, CancelAfter(60_000)]
    public async Task Has_the_id_that_the_child_has_and_times_that_fit(CancellationToken timeout)
    {
        var before = DateTime.Now;
        await using var process = Shell.Start("echo $$; i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; echo; read x", input: true);
        Assert.That(await process.StandardOutput.ReadLineAsync(timeout), Is.EqualTo(process.Id.ToString(CultureInfo.InvariantCulture)));
        await process.StandardOutput.ReadLineAsync(timeout);
        var running = process.TotalProcessorTime;
        process.StandardInput.Close();
        await process.WaitForExitAsync(timeout);
        Assert.That(process.StartTime, Is.InRange(before, DateTime.Now));
        Assert.That(process.ExitTime, Is.InRange(process.StartTime, DateTime.Now));
        Assert.That(process.TotalProcessorTime, Is.EqualTo(process.UserProcessorTime + process.PrivilegedProcessorTime));
        Assert.That(running, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(process.TotalProcessorTime, Is.GreaterThanOrEqualTo(running - TimeSpan.FromMilliseconds(20)), "clock ticks are rounded");
    }

    [Test, CancelAfter(60_000)]
    public async Task Raises_Exited_once_when_that_is_asked_for(CancellationToken timeout)
    {
        await using var process = Shell.Start("read x", input: true);
        using var raised = new SemaphoreSlim(0);
        process.Exited += (sender, _) =>
        {
            Assert.That(((SupervisedProcess)sender!).HasExited);
            raised.Release();
        };
        process.StandardInput.Close();
        await process.WaitForExitAsync(timeout);
        Assert.That((process.EnableRaisingEvents, raised.CurrentCount), Is.EqualTo((false, 0)));
        process.EnableRaisingEvents = true; // late, as with Process
        Assert.That(await raised.WaitAsync(TimeSpan.FromSeconds(30), timeout));
        process.EnableRaisingEvents = false;
        process.EnableRaisingEvents = true;
        Assert.That(await raised.WaitAsync(TimeSpan.FromMilliseconds(50), timeout), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_handler_that_throws_is_logged_and_the_next_one_is_called(CancellationToken timeout)
    {
        using var logs = new LogRecorder();
        await using var process = Shell.Start("read x; echo a", new SupervisionOptions { Logger = logs.CreateLogger("test") }, input: true);
        using var raised = new SemaphoreSlim(0);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => throw new InvalidOperationException("exited");
        process.Exited += (_, _) => raised.Release();
        process.OutputDataReceived += (_, _) => throw new InvalidOperationException("line");
        process.OutputDataReceived += (_, _) => raised.Release();
        process.BeginOutputReadLine();
        process.StandardInput.Close();
        for (var i = 0; i < 3; i++)
        {
            await raised.WaitAsync(timeout);
        }

        Assert.That(logs.Records.Where(record => record.EventId == 3304).Select(record => record.Exception!.Message), Is.EquivalentTo(["line", "line", "exited"]));
    }

    [Test, CancelAfter(60_000)]
    public async Task Runs_to_the_end_with_its_output(CancellationToken timeout)
    {
        var result = await SupervisedProcess.RunAsync(new ProcessStartInfo("/bin/sh", ["-c", "echo out; echo err >&2; cat; exit 3"]) { RedirectStandardInput = true }, null, timeout);
        Assert.That((result.StandardOutput, result.StandardError, result.Exit.ExitCode), Is.EqualTo(("out\n", "err\n", 3)));
        Assert.That((result.OutputCutBytes, result.ErrorCutBytes, result.Duration > TimeSpan.Zero), Is.EqualTo((0L, 0L, true)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Keeps_the_end_of_an_output_that_is_too_long(CancellationToken timeout)
    {
        var result = await SupervisedProcess.RunAsync(Shell.Script("head -c 100000 /dev/zero | tr '\\0' a; echo end"), new SupervisionOptions { CaptureBytes = 4096 }, timeout);
        Assert.That(result.StandardOutput, Has.Length.EqualTo(4096).And.EndsWith("aend\n"));
        Assert.That(result.OutputCutBytes, Is.EqualTo(100_004 - 4096));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_cancelled_run_has_stopped_the_process(CancellationToken timeout)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        using var scratch = new Scratch();
        var file = scratch.File("pid", "");
        var run = SupervisedProcess.RunAsync(Shell.Script($"echo $$ > {file}; exec sleep 1000"), null, cancel.Token);
        await Eventually.HoldsAsync(() => File.ReadAllText(file).EndsWith('\n'), "the child runs", timeout);
        await cancel.CancelAsync();
        Assert.That((await Assert.CatchAsync<OperationCanceledException>(() => run))!.CancellationToken, Is.EqualTo(cancel.Token));
        Assert.That(Shell.Runs(File.ReadAllText(file)), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_is_not_redirected_is_the_applications_own(CancellationToken timeout)
    {
        await using var process = SupervisedProcess.Start(new ProcessStartInfo("/bin/sleep", ["1000"]));
        for (var fd = 0; fd < 3; fd++)
        {
            Assert.That(Link($"/proc/{process.Id}/fd/{fd}"), Is.EqualTo(Link($"/proc/self/fd/{fd}")));
        }

        timeout.ThrowIfCancellationRequested();

        static string? Link(string path) => new FileInfo(path).LinkTarget;
    }

    [Test, CancelAfter(60_000)]
    public async Task Holds_its_place_at_the_gate_until_it_has_ended(CancellationToken timeout)
    {
        var options = new SupervisionOptions { Gate = new ProcessGate(1) { MaxWait = TimeSpan.Zero } };
        await using var process = await SupervisedProcess.StartAsync(Shell.Script("sleep 1000"), options, timeout);
        Assert.Throws<ProcessGateFullException>(() => Shell.Start("true", options).Dispose());
        await Assert.CatchAsync<ProcessGateFullException>(() => SupervisedProcess.StartAsync(Shell.Script("true"), options, timeout));
        await process.StopAsync(timeout);
        Assert.That(options.Gate.Running, Is.Zero);
        Assert.Catch(() => SupervisedProcess.Start(new ProcessStartInfo("/no/such/file"), options).Dispose());
        Assert.That(options.Gate.Running, Is.Zero, "a start that fails holds no place");
    }

    [Test, CancelAfter(60_000)]
    public async Task Start_without_a_place_stops_waiting_when_cancelled(CancellationToken timeout)
    {
        var options = new SupervisionOptions { Gate = new ProcessGate(1) };
        await using var process = Shell.Start("sleep 1000", options);
        using var cancel = new CancellationTokenSource();
        var start = SupervisedProcess.StartAsync(Shell.Script("true"), options, cancel.Token);
        Assert.That(options.Gate.Waiting, Is.EqualTo(1));
        await cancel.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => start);
        timeout.ThrowIfCancellationRequested();
    }

    [Test, CancelAfter(60_000)]
    public async Task Counts_starts_ends_and_their_reasons(CancellationToken timeout)
    {
        using var metrics = new MetricRecorder();
        var options = new SupervisionOptions { Name = "counted", StopGracePeriod = TimeSpan.FromMilliseconds(100) };
        await SupervisedProcess.RunAsync(Shell.Script("exit 3"), options, timeout);
        await SupervisedProcess.RunAsync(Shell.Script("kill -15 $$"), options, timeout);
        var (stopped, _) = await Shell.StartReadyAsync("echo; exec sleep 1000", options, timeout);
        await stopped.StopAsync(timeout);
        var (stubborn, _) = await Shell.StartReadyAsync("trap '' TERM; echo; while :; do sleep 1; done", options, timeout);
        await stubborn.StopAsync(timeout);
        var (killed, _) = await Shell.StartReadyAsync("echo; exec sleep 1000", options, timeout);
        killed.Kill();
        await killed.WaitForExitAsync(timeout);
        var mine = metrics.Collect().Where(m => m.Tags.TryGetValue("hardening.process.name", out var name) && "counted".Equals(name)).ToLookup(m => m.Name);
        Assert.That(mine["hardening.process.child.started"].Sum(m => m.Value), Is.EqualTo(5));
        Assert.That(mine["hardening.process.child.active"].Sum(m => m.Value), Is.Zero);
        Assert.That(mine["hardening.process.child.exited"].Select(m => m.Tags["hardening.exit.reason"]), Is.EqualTo(["exited", "signalled", "stopped", "killed", "killed"]));
        Assert.That(mine["hardening.process.child.duration"].Count(), Is.EqualTo(5));
        Assert.That(mine["hardening.process.start.duration"].Count(), Is.EqualTo(5));
        Assert.That(mine["hardening.process.stop.duration"].Count(), Is.GreaterThanOrEqualTo(2));
        await stopped.DisposeAsync();
        await stubborn.DisposeAsync();
        await killed.DisposeAsync();
    }

    [Test, CancelAfter(120_000)]
    public async Task Leaves_no_descriptor_open(CancellationToken timeout)
    {
        await SupervisedProcess.RunAsync(Shell.Script("true"), null, timeout); // the supervisor's own
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var i = 0; i < 10; i++)
        {
            await using (Shell.Start("echo a", input: true))
            {
            }

            using (Shell.Start("exec sleep 1000", input: true))
            {
            }

            var read = Shell.Start("echo a", input: true);
            await read.StandardOutput.ReadToEndAsync(timeout);
            await read.WaitForExitAsync(timeout);
            read.Dispose();
            Assert.Catch(() => SupervisedProcess.Start(new ProcessStartInfo("/no/such") { RedirectStandardInput = true, RedirectStandardOutput = true }).Dispose());
        }

        await Eventually.HoldsAsync(() => Directory.GetFileSystemEntries("/proc/self/fd").Length <= before, "all descriptors are closed", timeout);
    }
}
