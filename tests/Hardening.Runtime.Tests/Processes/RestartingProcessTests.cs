using System.ComponentModel;
using Hardening.Processes;
using Microsoft.Extensions.Logging;

namespace Hardening.Runtime.Tests.Processes;

/// <summary>The loop, with a clock and with runs that do what the test says; <see cref="RestartingProcessChildTests"/> has real children.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RestartingProcessTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedRuns _runs = new();
    private readonly LogRecorder _log = new();

    public void Dispose() => _log.Dispose();

    [Test, CancelAfter(60_000)]
    public async Task Starts_again_after_the_delay_and_not_before(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartPolicy { FirstDelay = TimeSpan.FromSeconds(3), Jitter = 0 });
        await kept.StartAsync(timeout);
        Assert.That(kept.State, Is.EqualTo(RestartingState.Running));
        _runs.Last.ExitWith(7);
        await Reaches(kept, RestartingState.BackingOff, timeout);
        Assert.That(kept.LastExit, Is.EqualTo(new ProcessExit(7, null)));
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.That((_runs.Starts, kept.Restarts), Is.EqualTo((1, 0L)));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await Reaches(kept, RestartingState.Running, timeout);
        Assert.That((_runs.Starts, kept.Restarts), Is.EqualTo((2, 1L)));
        Assert.That(_log.Records, Has.Some.Matches<LogRecord>(r => r is { EventId: 3401, Level: LogLevel.Warning } && r.Message == "Process kept exited with code 7 after 00:00:00; it is started again in 00:00:03."));
    }

    [Test, CancelAfter(60_000)]
    public async Task Starts_the_next_only_when_nothing_of_the_last_is_left(CancellationToken timeout)
    {
        _runs.EndsAtOnce = false;
        var kept = Keep(new RestartPolicy { FirstDelay = TimeSpan.FromMilliseconds(1) });
        await kept.StartAsync(timeout);
        var first = _runs.Last;
        var stop = kept.StopAsync(CancellationToken.None);
        var start = kept.StartAsync(timeout);
        await Eventually.HoldsAsync(() => first.WasAskedToEnd, "the first run is asked to end", timeout);
        Assert.That((stop.IsCompleted, start.IsCompleted, _runs.Starts), Is.EqualTo((false, false, 1)));
        first.End();
        await stop;
        await start;
        Assert.That((_runs.Starts, _runs.MostAlive, first.IsDisposed), Is.EqualTo((2, 1, true)));
        _runs.Last.End();
        await kept.DisposeAsync();
        Assert.That(_runs.Alive, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_stop_ends_the_wait_for_the_next_start_at_once(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartPolicy());
        await kept.StartAsync(timeout);
        _runs.Last.ExitWith(1);
        await Reaches(kept, RestartingState.BackingOff, timeout);
        await kept.StopAsync(timeout);
        Assert.That((kept.State, _runs.Starts), Is.EqualTo((RestartingState.Stopped, 1)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_stop_ends_a_start_at_once(CancellationToken timeout)
    {
        _runs.HangsInStart = true;
        await using var kept = Keep(new RestartPolicy());
        var start = kept.StartAsync(timeout);
        await Reaches(kept, RestartingState.Starting, timeout);
        await kept.StopAsync(timeout);
        await start;
        Assert.That(kept.State, Is.EqualTo(RestartingState.Stopped));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_cancelled_start_is_given_up_and_stopped(CancellationToken timeout)
    {
        _runs.HangsInStart = true;
        await using var kept = Keep(new RestartPolicy());
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var start = kept.StartAsync(cancelled.Token);
        await Reaches(kept, RestartingState.Starting, timeout);
        await cancelled.CancelAsync();
        Assert.That(async () => await start, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(kept.State, Is.EqualTo(RestartingState.Stopped));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_token_of_a_stop_ends_the_grace_period(CancellationToken timeout)
    {
        _runs.EndsAtOnce = false;
        await using var kept = Keep(new RestartPolicy());
        await kept.StartAsync(timeout);
        using var hurry = new CancellationTokenSource();
        var stop = kept.StopAsync(hurry.Token);
        await Eventually.HoldsAsync(() => _runs.Last.WasAskedToEnd, "it is asked to end", timeout);
        Assert.That(stop.IsCompleted, Is.False);
        await hurry.CancelAsync();
        await stop;
        Assert.That((_runs.Alive, kept.LastExit), Is.EqualTo((0, new ProcessExit(143, 15))));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_start_that_fails_is_a_failed_run(CancellationToken timeout)
    {
        _runs.StartFailure = new Win32Exception(2, "No such file or directory");
        await using var kept = Keep(new RestartPolicy { RestartOn = RestartOn.Failure });
        await kept.StartAsync(timeout);
        Assert.That(kept.State, Is.EqualTo(RestartingState.BackingOff));
        Assert.That(kept.LastExit, Is.Null);
        Assert.That(_log.Records, Has.Some.Matches<LogRecord>(r => r is { EventId: 3402 } && r.Exception == _runs.StartFailure));
        _runs.StartFailure = null;
        _time.Advance(TimeSpan.FromMinutes(1));
        await Reaches(kept, RestartingState.Running, timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Is_given_up_when_it_ends_too_often_and_begins_anew_when_it_is_started(CancellationToken timeout)
    {
        using var metrics = new MetricRecorder();
        var name = $"kept-{Guid.NewGuid()}";
        await using var kept = Keep(new RestartPolicy { MaxRestarts = 1 }, name);
        await kept.StartAsync(timeout);
        await ExitsAndIsRestarted(kept, timeout);
        _runs.Last.ExitWith(139, signal: 11);
        await Reaches(kept, RestartingState.GivenUp, timeout);
        Assert.That(_log.Records, Has.Some.Matches<LogRecord>(r => r is { EventId: 3403, Level: LogLevel.Error } && r.Message.Contains("ended by signal 11 and is given up, after 1 restarts within 00:10:00", StringComparison.Ordinal)));
        await kept.StopAsync(timeout);
        Assert.That(kept.State, Is.EqualTo(RestartingState.GivenUp));

        await kept.StartAsync(timeout);
        Assert.That(kept.State, Is.EqualTo(RestartingState.Running));
        await ExitsAndIsRestarted(kept, timeout);
        var measured = metrics.Collect().Where(m => name.Equals(m.Tags.GetValueOrDefault("hardening.process.name"))).ToList();
        Assert.That(measured.Select(m => m.Name), Is.EqualTo(["hardening.process.restart", "hardening.process.given_up", "hardening.process.restart"]));
        Assert.That(measured[0].Tags["hardening.restart.reason"], Is.EqualTo("failed"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Is_done_when_it_exits_with_code_0_and_is_restarted_on_failure_alone(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartPolicy { RestartOn = RestartOn.Failure });
        await kept.StartAsync(timeout);
        await ExitsAndIsRestarted(kept, timeout);
        _runs.Last.ExitWith(0);
        await Reaches(kept, RestartingState.Stopped, timeout);
        Assert.That(_log.Records.Last().EventId, Is.EqualTo(3404));
        Assert.That(_runs.Starts, Is.EqualTo(2));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_run_that_lasted_begins_the_delays_again(CancellationToken timeout)
    {
        var delays = new List<TimeSpan?>();
        await using var kept = Keep(new RestartPolicy { FirstDelay = TimeSpan.FromSeconds(1), Jitter = 0, ResetAfter = TimeSpan.FromHours(1) });
        kept.StateChanged += (_, change) => delays.AddRange(change.State == RestartingState.BackingOff ? [change.Delay] : []);
        await kept.StartAsync(timeout);
        await ExitsAndIsRestarted(kept, timeout);
        await ExitsAndIsRestarted(kept, timeout);
        _time.Advance(TimeSpan.FromHours(1));
        await ExitsAndIsRestarted(kept, timeout);
        Assert.That(delays.Select(delay => delay?.TotalSeconds), Is.EqualTo([1, 2, 1]));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_handler_that_throws_ends_nothing(CancellationToken timeout)
    {
        var states = new List<RestartingState>();
        var kept = Keep(new RestartPolicy());
        kept.StateChanged += (_, _) => throw new InvalidOperationException("handler");
        kept.StateChanged += (_, change) => states.Add(change.State);
        await kept.StartAsync(timeout);
        await kept.DisposeAsync();
        Assert.That(states, Is.EqualTo([RestartingState.Starting, RestartingState.Running, RestartingState.Stopped]));
        Assert.That(_log.Records.Count(r => r.EventId == 3406), Is.EqualTo(3));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_handler_may_start_it_again_when_it_is_given_up(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartPolicy { MaxRestarts = 0 });
        Task? again = null;
        kept.StateChanged += (_, change) => again = change.State == RestartingState.GivenUp ? kept.StartAsync(timeout) : again;
        await kept.StartAsync(timeout);
        _runs.Last.ExitWith(1);
        await Eventually.HoldsAsync(() => again is { IsCompleted: true } && kept.State == RestartingState.Running, "it runs again", timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Starting_twice_starts_once(CancellationToken timeout)
    {
        await using var kept = Keep(new RestartPolicy());
        await Task.WhenAll(kept.StartAsync(timeout), kept.StartAsync(timeout));
        Assert.That(_runs.Starts, Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task Disposing_without_waiting_ends_it_all_the_same(CancellationToken timeout)
    {
        var kept = Keep(new RestartPolicy());
        await kept.StartAsync(timeout);
        kept.Dispose();
        await Eventually.HoldsAsync(() => _runs.Alive == 0 && kept.State == RestartingState.Stopped, "it has ended", timeout);
        Assert.That(async () => await kept.StartAsync(timeout), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test, CancelAfter(60_000)]
    public async Task One_that_was_never_started_stops_and_is_disposed(CancellationToken timeout)
    {
        var kept = Keep(new RestartPolicy());
        await kept.StopAsync(timeout);
        await kept.DisposeAsync();
        await kept.DisposeAsync();
        Assert.That(kept.State, Is.EqualTo(RestartingState.Stopped));
    }

    [Test, CancelAfter(60_000), Repeat(3)]
    public async Task Whatever_is_asked_of_it_at_once_there_is_never_more_than_one(CancellationToken timeout)
    {
        var kept = Keep(new RestartPolicy { FirstDelay = TimeSpan.FromMilliseconds(1), Factor = 1, MaxRestarts = 3 });
        var asking = Enumerable.Range(0, 4).Select(seed => Task.Run(() => AskAsync(new Random(seed)), timeout)).ToList();
        var all = Task.WhenAll(asking);
        while (!all.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        await all;
        await kept.StopAsync(timeout);
        await kept.StartAsync(timeout);
        Assert.That((kept.State, _runs.Alive), Is.EqualTo((RestartingState.Running, 1)));
        await kept.DisposeAsync();
        Assert.That((kept.State, _runs.Alive, _runs.MostAlive), Is.EqualTo((RestartingState.Stopped, 0, 1)));

        async Task AskAsync(Random random)
        {
            for (var i = 0; i < 200; i++)
            {
                switch (random.Next(4))
                {
                    case 0:
                        await kept.StopAsync(timeout);
                        break;
                    case 1:
                        _runs.LastOrNone?.ExitWith(i % 2);
                        break;
                    case 2:
                        using (var soon = new CancellationTokenSource())
                        {
                            var start = kept.StartAsync(soon.Token);
                            await soon.CancelAsync();
                            await start.ContinueWith(static _ => { }, TaskScheduler.Default);
                        }

                        break;
                    default:
                        await kept.StartAsync(timeout);
                        break;
                }
            }
        }
    }

    private RestartingProcess Keep(RestartPolicy policy, string name = "kept") => new(name, policy, _runs.StartAsync, _time, _log.CreateLogger("test"), null, new Random(1));

    private async Task ExitsAndIsRestarted(RestartingProcess kept, CancellationToken timeout)
    {
        var restarts = kept.Restarts;
        _runs.Last.ExitWith(1);
        await Reaches(kept, RestartingState.BackingOff, timeout);
        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.HoldsAsync(() => kept.State == RestartingState.Running && kept.Restarts == restarts + 1, "it runs again", timeout);
    }

    // The delay has begun, too: to move the clock before would be to no effect.
    private Task Reaches(RestartingProcess kept, RestartingState state, CancellationToken timeout) =>
        Eventually.HoldsAsync(() => kept.State == state && _time.WaitingTimers == (state == RestartingState.BackingOff ? 1 : 0), $"its state is {state}", timeout);
}
