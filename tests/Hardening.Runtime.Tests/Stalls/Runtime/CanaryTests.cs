using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

public sealed class CanaryTests
{
    [Test, CancelAfter(60_000)]
    public async Task It_tells_the_worst_once_and_nothing_when_it_wakes_in_time(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        using var canary = new Canary(time);
        canary.Start();
        await Eventually.HoldsAsync(() => canary.Wakes > 1, "it sleeps", timeout);
        Assert.That(canary.TakeDelay(), Is.Zero, "this clock stands still");

        time.Advance(TimeSpan.FromSeconds(5)); // within one sleep
        Assert.That((canary.PeekDelay(), canary.PeekDelay()), Is.EqualTo((4_900_000_000, 4_900_000_000)));
        Assert.That(canary.TakeDelay(), Is.EqualTo(4_900_000_000), "asleep still, or woken");
        await SleepsOnceMoreAsync(canary, timeout);
        _ = canary.TakeDelay();
        Assert.That(canary.TakeDelay(), Is.Zero);

        time.Advance(TimeSpan.FromSeconds(5));
        await SleepsOnceMoreAsync(canary, timeout);
        Assert.That(canary.TakeDelay(), Is.EqualTo(4_900_000_000), "woken, and in time since");
    }

    [Test, CancelAfter(60_000)]
    public async Task Its_thread_ends_with_it(CancellationToken timeout)
    {
        var canary = new Canary(TimeProvider.System);
        canary.Start();
        await Eventually.HoldsAsync(() => canary.Wakes > 0, "it runs", timeout);
        canary.Dispose();
        Assert.That(canary.IsRunning, Is.False);
        canary.Dispose();
    }

    private static Task SleepsOnceMoreAsync(Canary canary, CancellationToken timeout)
    {
        var wakes = canary.Wakes;
        return Eventually.HoldsAsync(() => canary.Wakes > wakes + 1, "it has slept once more", timeout);
    }
}
