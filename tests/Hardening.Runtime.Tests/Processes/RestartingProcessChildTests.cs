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

    private RestartingProcess Keep(RestartingProcessOptions options)
    {
        options.Restart.FirstDelay = TimeSpan.FromMilliseconds(1);
        return new RestartingProcess("kept", options, logger: _log.CreateLogger<RestartingProcess>());
    }

    private static bool Runs(int id) => Directory.Exists($"/proc/{id}");
}
