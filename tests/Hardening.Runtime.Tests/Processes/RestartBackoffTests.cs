using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

public sealed class RestartBackoffTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public void Delays_grow_by_the_factor_up_to_the_longest()
    {
        var backoff = Backoff(new RestartPolicy { FirstDelay = Seconds(1), Factor = 3, MaxDelay = Seconds(20), Jitter = 0 });
        Assert.That(Fail(backoff, times: 5), Is.EqualTo([1, 3, 9, 20, 20]));
    }

    [Test]
    public void A_thousand_restarts_overflow_nothing()
    {
        var backoff = Backoff(new RestartPolicy { Factor = 10, MaxRestarts = null, Jitter = 0 });
        Assert.That(Fail(backoff, times: 1_000)[^1], Is.EqualTo(60));
    }

    [TestCase(9.9, 4)]
    [TestCase(10, 1)]
    public void A_run_that_was_long_enough_begins_the_delays_again(double ranSeconds, double delaySeconds)
    {
        var backoff = Backoff(new RestartPolicy { FirstDelay = Seconds(1), Jitter = 0, ResetAfter = Seconds(10) });
        Fail(backoff, times: 2);
        Assert.That(backoff.After(isFailure: true, Seconds(ranSeconds)).Delay, Is.EqualTo(Seconds(delaySeconds)));
        Assert.That(backoff.After(isFailure: true, TimeSpan.Zero).Delay, Is.EqualTo(Seconds(2 * delaySeconds)));
    }

    [Test]
    public void More_restarts_than_allowed_within_the_window_give_it_up()
    {
        var backoff = Backoff(new RestartPolicy { MaxRestarts = 3, Window = TimeSpan.FromMinutes(1) });
        Fail(backoff, times: 3);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(backoff.After(isFailure: true, TimeSpan.Zero).Action, Is.EqualTo(RestartAction.GiveUp));
    }

    [Test]
    public void Restarts_before_the_window_do_not_count()
    {
        var backoff = Backoff(new RestartPolicy { MaxRestarts = 3, Window = TimeSpan.FromMinutes(1) });
        Fail(backoff, times: 1);
        _time.Advance(TimeSpan.FromSeconds(30));
        Fail(backoff, times: 2);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.That(backoff.After(isFailure: true, TimeSpan.Zero).Action, Is.EqualTo(RestartAction.Restart));
        Assert.That(backoff.After(isFailure: true, TimeSpan.Zero).Action, Is.EqualTo(RestartAction.GiveUp));
    }

    [Test]
    public void None_allowed_gives_it_up_at_its_first_end() =>
        Assert.That(Backoff(new RestartPolicy { MaxRestarts = 0 }).After(isFailure: true, TimeSpan.Zero).Action, Is.EqualTo(RestartAction.GiveUp));

    [TestCase(RestartOn.Any, false, ExpectedResult = "Restart")]
    [TestCase(RestartOn.Any, true, ExpectedResult = "Restart")]
    [TestCase(RestartOn.Failure, false, ExpectedResult = "Finish")]
    [TestCase(RestartOn.Failure, true, ExpectedResult = "Restart")]
    public string Restarts_after_the_ends_that_it_was_told_to(RestartOn restartOn, bool isFailure) =>
        Backoff(new RestartPolicy { RestartOn = restartOn }).After(isFailure, TimeSpan.Zero).Action.ToString();

    [Test]
    public void Jitter_leaves_out_a_share_of_the_delay_and_adds_none()
    {
        var policy = new RestartPolicy { FirstDelay = Seconds(10), Jitter = 0.5 };
        Assert.That(new[] { 0, 0.5, 1 }.Select(random => new RestartBackoff(policy, _time, new FixedRandom(random)).After(true, TimeSpan.Zero).Delay.TotalSeconds), Is.EqualTo([10, 7.5, 5]));
    }

    private RestartBackoff Backoff(RestartPolicy policy) => new(policy, _time, new FixedRandom(0));

    private static List<double> Fail(RestartBackoff backoff, int times) =>
        [.. Enumerable.Range(0, times).Select(_ => backoff.After(isFailure: true, TimeSpan.Zero)).Select(next => next.Action == RestartAction.Restart ? next.Delay.TotalSeconds : double.NaN)];

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
