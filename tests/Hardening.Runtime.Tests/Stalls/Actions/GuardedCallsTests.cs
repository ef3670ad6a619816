using Hardening.Stalls.Actions;

namespace Hardening.Runtime.Tests.Stalls.Actions;

public sealed class GuardedCallsTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Test, CancelAfter(60_000)]
    public void Calls_one_after_the_other_on_one_thread_of_its_own()
    {
        using var calls = new GuardedCalls("guarded");
        var threads = new List<string?>();
        for (var i = 0; i < 100; i++)
        {
            Assert.That(calls.Run(_ => threads.Add($"{Thread.CurrentThread.Name} {Environment.CurrentManagedThreadId}"), Enough, out var error), Is.EqualTo(CallOutcome.Done));
            Assert.That(error, Is.Null);
        }

        Assert.That(threads, Has.Count.EqualTo(100));
        Assert.That(threads.Distinct().Single(), Does.StartWith("guarded "));
    }

    [Test, CancelAfter(60_000)]
    public void What_throws_is_told_and_the_next_is_called()
    {
        using var calls = new GuardedCalls("guarded");
        Assert.That(calls.Run(static _ => throw new InvalidOperationException("no"), Enough, out var error), Is.EqualTo(CallOutcome.Failed));
        Assert.That(error, Has.Message.EqualTo("no"));
        Assert.That(calls.Run(static _ => { }, Enough, out error), Is.EqualTo(CallOutcome.Done));
        Assert.That(error, Is.Null);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_hangs_is_left_behind_and_learns_it(CancellationToken timeout)
    {
        using var calls = new GuardedCalls("guarded");
        var goOn = new ManualResetEventSlim();
        bool? wanted = null;
        Assert.That(calls.Run(isWanted => { goOn.Wait(Enough); wanted = isWanted(); }, Short, out _), Is.EqualTo(CallOutcome.TimedOut));
        Assert.That(calls.LeftBehind, Is.EqualTo(1));
        bool? wantedOfNext = null;
        Assert.That(calls.Run(isWanted => wantedOfNext = isWanted(), Enough, out _), Is.EqualTo(CallOutcome.Done));
        Assert.That(wantedOfNext, Is.True);
        goOn.Set();
        await Eventually.HoldsAsync(() => calls.LeftBehind == 0, "the thread comes back", timeout);
        Assert.That(wanted, Is.False);
    }

    [Test, CancelAfter(60_000)]
    public async Task Not_more_than_four_threads_hang(CancellationToken timeout)
    {
        using var calls = new GuardedCalls("guarded");
        var goOn = new ManualResetEventSlim();
        for (var i = 0; i < 4; i++)
        {
            Assert.That(calls.Run(_ => goOn.Wait(Enough), Short, out _), Is.EqualTo(CallOutcome.TimedOut));
        }

        Assert.That(calls.Run(static _ => { }, Enough, out _), Is.EqualTo(CallOutcome.Refused));
        goOn.Set();
        await Eventually.HoldsAsync(() => calls.LeftBehind == 0, "they come back", timeout);
        Assert.That(calls.Run(static _ => { }, Enough, out _), Is.EqualTo(CallOutcome.Done));
    }

    [Test, CancelAfter(60_000)]
    public void A_call_at_its_limit_is_done_or_left_behind_but_never_both()
    {
        using var calls = new GuardedCalls("guarded");
        for (var i = 0; i < 300; i++)
        {
            var ran = false;
            var outcome = calls.Run(_ => ran = true, TimeSpan.FromTicks(i % 3 * 50), out _);
            Assert.That(outcome, Is.AnyOf(CallOutcome.Done, CallOutcome.TimedOut, CallOutcome.Refused));
            Assert.That(outcome != CallOutcome.Done || ran);
        }
    }
}
