using System.ComponentModel;
using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

/// <summary>Real children.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RestartingProcessChildTests : IDisposable
{
    private readonly LogRecorder _log = new();

    public void Dispose() => _log.Dispose();

    [Test, CancelAfter(60_000)]
    public async Task Starts_a_killed_process_again(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartingProcessOptions { FileName = "sleep", Arguments = { "1000" } });
        await kept.StartAsync(timeout);
        var first = kept.Current!.Id;
        kept.Current.Kill();
        await Eventually.HoldsAsync(() => kept.Restarts == 1 && kept.Current is { } next && next.Id != first, "another process runs", timeout);
        Assert.That(kept.LastExit, Is.EqualTo(new ProcessExit(137, 9)).Using<ProcessExit>((a, b) => (a.ExitCode, a.Signal) == (b.ExitCode, b.Signal)));
        Assert.That(Runs(first), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_stop_ends_the_process_with_its_descendants(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartingProcessOptions { FileName = "sh", Arguments = { "-c", "sleep 1000 & echo $!; wait" }, LogOutput = true });
        await kept.StartAsync(timeout);
        var root = kept.Current!.Id;
        await Eventually.HoldsAsync(() => _log.Records.Any(record => record.EventId == 3420), "the child has told of its own", timeout);
        var descendant = int.Parse(_log.Records.First(record => record.EventId == 3420).Message.Split(": ")[1], null);
        Assert.That((Runs(root), Runs(descendant)), Is.EqualTo((true, true)));
        await kept.StopAsync(timeout);
        Assert.That((Runs(root), Runs(descendant)), Is.EqualTo((false, false)));
        Assert.That(kept.Current, Is.Null);
    }

    [Test, CancelAfter(60_000)]
    public async Task Comes_back_after_the_loss_of_the_supervisor_when_the_last_one_is_gone(CancellationToken timeout)
    {
        int? first = null;
        var overlaps = 0;
        await using var kept = Keep(new RestartingProcessOptions
        {
            FileName = "sh",
            Arguments = { "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done" },
            LogOutput = true,
            StopGracePeriod = TimeSpan.FromMilliseconds(500),
        });
        kept.StateChanged += (_, change) => overlaps += change.State == RestartingState.Starting && first is { } id && ProcessScan.Find(id) is { State: not 'Z' } ? 1 : 0;
        await kept.StartAsync(timeout);
        await Eventually.HoldsAsync(() => _log.Records.Any(record => record.EventId == 3420), "the child is deaf", timeout);
        first = kept.Current!.Id;
        Signals.Send("KILL", ProcessTree.Status.SupervisorId!.Value);
        await Eventually.HoldsAsync(() => kept.Restarts == 1 && kept.State == RestartingState.Running, "another one runs", timeout);
        Assert.That(overlaps, Is.Zero);
        Assert.That(kept.LastExit?.IsSupervisorLost, Is.True);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_program_that_is_missing_is_a_failed_run(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartingProcessOptions { FileName = "/no/such/program", Restart = { MaxRestarts = 0 } });
        await kept.StartAsync(timeout);
        Assert.That(kept.State, Is.EqualTo(RestartingState.GivenUp));
        Assert.That(_log.Records.Single(record => record.EventId == 3403).Exception, Is.TypeOf<Win32Exception>().With.Message.Contains("/no/such/program"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Logs_the_lines_of_both_streams_when_asked_to(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartingProcessOptions
        {
            FileName = "sh",
            Arguments = { "-c", "echo out \"$1\" $VARIABLE; echo err >&2", "sh", "a  b" },
            Environment = { ["VARIABLE"] = "of its own" },
            LogOutput = true,
            Restart = { RestartOn = RestartOn.Failure },
        });
        await kept.StartAsync(timeout);
        await Eventually.HoldsAsync(() => kept.State == RestartingState.Stopped, "it is done", timeout);
        Assert.That(_log.Records.Where(record => record.EventId is 3420 or 3421).Select(record => record.Message), Is.EquivalentTo(["kept: out a  b of its own", "kept (error): err"]));
    }

    [Test, CancelAfter(60_000)]
    public async Task Its_input_is_empty(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartingProcessOptions { FileName = "cat", Restart = { RestartOn = RestartOn.Failure } });
        await kept.StartAsync(timeout);
        await Eventually.HoldsAsync(() => kept.State == RestartingState.Stopped && kept.LastExit is { ExitCode: 0 }, "it has read its input to the end", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Kills_by_identity_what_has_it_and_nothing_else(CancellationToken timeout)
    {
        await using var child = await SupervisedProcess.StartAsync(new("sleep", ["1000"]), cancellationToken: timeout);
        var identity = ProcessIdentity.Of(child.Id)!.Value;
        var other = identity with { StartTicks = identity.StartTicks - 1 };
        other.Kill();
        Assert.That((identity.IsAlive, other.IsAlive), Is.EqualTo((true, false)));
        identity.Kill();
        await child.WaitForExitAsync(timeout);
        Assert.That(identity.IsAlive, Is.False);
        Assert.That(child.Exit?.Signal, Is.EqualTo(9));
    }

    private RestartingProcess Keep(RestartingProcessOptions options)
    {
        options.Restart.FirstDelay = TimeSpan.FromMilliseconds(1);
        return new RestartingProcess("kept", options, logger: _log.CreateLogger<RestartingProcess>());
    }

    private static bool Runs(int id) => Directory.Exists($"/proc/{id}");
}
