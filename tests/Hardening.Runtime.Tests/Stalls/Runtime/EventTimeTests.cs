using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

/// <summary>The budget of events and the clock that they are put on.</summary>
public sealed class EventTimeTests
{
    private const long Second = 1_000_000_000;

    [Test]
    public void The_budget_is_per_second_and_exceeded_once()
    {
        var budget = new EventBudget(perSecond: 2);
        bool[] exceeds = [budget.Exceeds(0), budget.Exceeds(1), budget.Exceeds(Second), budget.Exceeds(Second + 1), budget.Exceeds(Second + 2), budget.Exceeds(Second + 3)];
        Assert.That(exceeds, Is.EqualTo(new[] { false, false, false, false, true, false }));
        Assert.That(budget.IsClosed);
    }

    [Test]
    public void The_budget_opens_again_after_the_pause()
    {
        var budget = new EventBudget(perSecond: 1);
        Assert.That(budget.Reopens(100 * Second), Is.False, "it was never closed");
        budget.Exceeds(0);
        Assert.That(budget.Exceeds(1));
        Assert.That(budget.Reopens(10 * Second), Is.False);
        Assert.That(budget.Reopens((10 * Second) + 1));
        Assert.That(budget.IsClosed, Is.False);
        Assert.That(budget.Exceeds((10 * Second) + 2), Is.False, "it begins anew");
    }

    [Test]
    public void An_event_is_put_on_the_clock_of_samples()
    {
        var time = new ManualTimeProvider();
        var clock = new EventClock(time);
        var (day, now) = (time.GetUtcNow().UtcDateTime, time.Nanoseconds);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(clock.When(day.AddSeconds(2)), Is.EqualTo(now + (2 * Second)));
    }

    [Test]
    public void An_event_of_the_future_happened_now_and_those_before_it_as_much_earlier()
    {
        var time = new ManualTimeProvider();
        var clock = new EventClock(time);
        var day = time.GetUtcNow().UtcDateTime;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(clock.When(day.AddHours(1)), Is.EqualTo(time.Nanoseconds));
        Assert.That(clock.When(day.AddHours(1).AddSeconds(-1)), Is.EqualTo(time.Nanoseconds - Second));
    }

    [TestCase(-3600)]
    [TestCase(3600)]
    [TestCase(0)]
    public void A_mark_says_by_how_much_the_time_of_day_was_set(int seconds)
    {
        var time = new ManualTimeProvider();
        var clock = new EventClock(time);
        var (day, now) = (time.GetUtcNow().UtcDateTime.AddSeconds(seconds), time.Nanoseconds);
        time.Advance(TimeSpan.FromSeconds(10));
        clock.Correct(new MarkTimes(now + Second, now + (2 * Second), day.AddSeconds(1.5)));
        var tolerance = seconds == 0 ? 0 : Second / 2; // how well it is known when the mark was made
        Assert.That(clock.When(day.AddSeconds(4)), Is.EqualTo(now + (4 * Second)).Within(tolerance));
    }
}
