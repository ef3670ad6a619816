using System.Diagnostics.Tracing;
using System.Runtime.InteropServices;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

/// <summary>The runtime's own events: real threads that wait for real locks.</summary>
public sealed partial class RuntimeEventsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [TestCase(typeof(object)), TestCase(typeof(Lock)), CancelAfter(60_000)]
    public async Task A_convoy_has_its_owner_and_its_waiters(Type type, CancellationToken timeout)
    {
        using var events = new RuntimeEvents(TimeProvider.System);
        using var threads = new TestThreads();
        var it = TestLock.Of(type);
        var before = TimeProvider.System.Nanoseconds;
        var owner = threads.StartOwner(it);
        var waiters = await threads.StartWaitersAsync(it, 8, timeout);
        var after = TimeProvider.System.Nanoseconds;

        Assert.That(events.Settle(Limit));
        var convoy = ContendedLocks.Of(events.Since(before), TimeProvider.System.Nanoseconds).Single(contended => contended.WaiterThreadIds.Contains(waiters[0]));
        Assert.That(convoy.OwnerThreadId, Is.EqualTo(owner));
        Assert.That(convoy.WaiterThreadIds, Is.EquivalentTo(waiters));
        Assert.That(convoy.OldestStart, Is.InRange(before, after));
        Assert.That(events.Missing, Is.Null);

        threads.Release();
        threads.Join();
        Assert.That(events.Settle(Limit));
        var waits = events.Since(before).Where(wait => wait.LockId == convoy.LockId && waiters.Contains(wait.WaiterThreadId)).ToList();
        Assert.That(waits.Select(wait => wait.WaiterThreadId).Distinct(), Is.EquivalentTo(waiters));
        Assert.That(waits.Select(wait => wait.End), Is.All.InRange(after, TimeProvider.System.Nanoseconds));
    }

    [TestCase(typeof(object), 2), TestCase(typeof(object), 3), TestCase(typeof(Lock), 3), CancelAfter(60_000)]
    public async Task A_deadlock_is_a_ring(Type type, int count, CancellationToken timeout)
    {
        using var events = new RuntimeEvents(TimeProvider.System);
        using var threads = new TestThreads();
        var ring = await threads.StartRingAsync(type, count, timeout);
        Assert.That(events.Settle(Limit));
        var waits = ContendedLocks.Of(events.Since(0), TimeProvider.System.Nanoseconds).Where(contended => ring.Contains(contended.OwnerThreadId)).Select(contended => (contended.WaiterThreadIds.Single(), contended.OwnerThreadId));
        Assert.That(waits, Is.EquivalentTo(ring.Select((waiter, i) => (waiter, ring[(i + 1) % ring.Length]))));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_storm_of_waits_pauses_listening_and_keeps_those_under_way(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        using var events = new RuntimeEvents(time, maxPerSecond: 5);
        using var threads = new TestThreads();
        var it = TestLock.Of(typeof(object));
        var owner = threads.StartOwner(it);
        var waiters = await threads.StartWaitersAsync(it, 12, timeout);
        await Eventually.HoldsAsync(() => events.Missing is not null, "listening pauses", timeout);

        Assert.That(events.Missing, Does.Contain("more than 5"));
        var convoy = ContendedLocks.Of(events.Since(0), time.Nanoseconds).Single(contended => contended.OwnerThreadId == owner);
        Assert.That(convoy.WaiterThreadIds, Has.Count.AtLeast(5).And.SubsetOf(waiters));

        using var unheard = new TestThreads();
        var other = TestLock.Of(typeof(object));
        unheard.StartOwner(other);
        var late = await unheard.StartWaitersAsync(other, 1, timeout);
        Assert.That(events.Settle(Limit));
        Assert.That(events.Since(0).Select(wait => wait.WaiterThreadId), Has.None.EqualTo(late[0]));

        threads.Release();
        threads.Join();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(events.Since(0).Where(wait => wait.LockId == convoy.LockId).Select(wait => wait.End), Is.All.Not.Zero.And.All.LessThan(time.Nanoseconds), "gone, and known until the pause");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_thread_that_runs_does_not_wait_though_its_end_was_not_heard(CancellationToken timeout)
    {
        using var events = new RuntimeEvents(new ManualTimeProvider(), maxPerSecond: 5);
        using var over = new ManualResetEventSlim();
        using var threads = new TestThreads();
        var it = TestLock.Of(typeof(object));
        threads.StartOwner(it);
        var gone = 0;
        var waiters = Enumerable.Range(0, 12).Select(_ => threads.Start(() =>
        {
            it.Enter();
            it.Exit();
            Interlocked.Increment(ref gone);
            while (!over.Wait(1))
            {
                // sleeps in a futex, as one does that waits for a lock
            }
        })).ToList();
        await Eventually.HoldsAsync(() => events.Missing is not null, "listening pauses", timeout);
        Assert.That(events.Since(0).Count(wait => wait.End == 0 && waiters.Contains(wait.WaiterThreadId)), Is.AtLeast(5));

        threads.Release();
        await Eventually.HoldsAsync(() => gone == waiters.Count, "all went on", timeout);
        Assert.That(events.Since(0).Where(wait => wait.End == 0).Select(wait => wait.WaiterThreadId), Has.None.AnyOf(waiters.Cast<object>().ToArray()));
        over.Set();
        threads.Join();
    }

    [Test, CancelAfter(60_000)]
    public async Task Listening_goes_on_ten_seconds_after_a_storm(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        using var events = new RuntimeEvents(time, maxPerSecond: 5);
        using (var storm = new TestThreads())
        {
            var it = TestLock.Of(typeof(object));
            storm.StartOwner(it);
            await storm.StartWaitersAsync(it, 12, timeout);
            await Eventually.HoldsAsync(() => events.Missing is not null, "listening pauses", timeout);
        }

        time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        events.Assist();
        Assert.That(await IsHeardAsync(events, timeout), Is.False);
        time.Advance(TimeSpan.FromTicks(1));
        events.Assist();
        Assert.That(await IsHeardAsync(events, timeout));
        Assert.That(events.Missing, Is.Not.Null, "a report looks back on the pause");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(events.Missing, Is.Null);
    }

    [Test, CancelAfter(60_000)]
    public async Task Other_listeners_come_and_go(CancellationToken timeout)
    {
        using var events = new RuntimeEvents(TimeProvider.System);
        using var threads = new TestThreads();
        var it = TestLock.Of(typeof(object));
        threads.StartOwner(it);
        var waiters = await threads.StartWaitersAsync(it, 3, timeout);
        Assert.That(events.Settle(Limit));
        using (new OtherListener())
        {
            Assert.That(await IsHeardAsync(events, timeout));
        }

        Assert.That(await IsHeardAsync(events, timeout));
        Assert.That(events.Since(0).Where(wait => wait.End == 0).Select(wait => wait.WaiterThreadId), Is.SupersetOf(waiters));
    }

    [Test, CancelAfter(60_000)]
    public void The_time_to_stop_a_thread_that_does_not_let_itself_be_stopped_is_known(CancellationToken timeout)
    {
        using var events = new RuntimeEvents(TimeProvider.System);
        using var sampler = new RuntimeSampler(TimeProvider.System, events: events);
        var runtime = default(RuntimeSample);
        long pause = 0, suspension = 0;
        while (suspension < 50_000_000 && !timeout.IsCancellationRequested) // again, when the collection was before the call
        {
            using var threads = new TestThreads();
            threads.Start(static () => _ = UsleepUnstoppably(200_000));
            GC.Collect();
            threads.Join();
            Assert.That(events.Settle(Limit));
            sampler.Read(ref runtime);
            pause += runtime.GcPause;
            suspension += runtime.GcSuspension;
        }

        Assert.That(suspension, Is.GreaterThan(50_000_000));
        Assert.That(pause, Is.GreaterThan(suspension * 9 / 10));
    }

    [Test, CancelAfter(60_000)]
    public async Task Nothing_is_heard_or_listened_to_once_disposed(CancellationToken timeout)
    {
        var events = new RuntimeEvents(TimeProvider.System);
        Assert.That(await IsHeardAsync(events, timeout));
        events.Dispose();
        events.Assist();
        using var threads = new TestThreads();
        var it = TestLock.Of(typeof(object));
        threads.StartOwner(it);
        var waiters = await threads.StartWaitersAsync(it, 1, timeout);
        using var after = new RuntimeEvents(TimeProvider.System);
        Assert.That(after.Settle(Limit));
        Assert.That(events.Since(0).Select(wait => wait.WaiterThreadId), Has.None.EqualTo(waiters[0]));
    }

    private static async Task<bool> IsHeardAsync(RuntimeEvents events, CancellationToken timeout)
    {
        using var threads = new TestThreads();
        var it = TestLock.Of(typeof(object));
        var owner = threads.StartOwner(it);
        var waiters = await threads.StartWaitersAsync(it, 1, timeout);
        Assert.That(events.Settle(Limit));
        return events.Since(0).Any(wait => (wait.OwnerThreadId, wait.WaiterThreadId, wait.End) == (owner, waiters[0], 0));
    }

    [LibraryImport("libc", EntryPoint = "usleep"), SuppressGCTransition]
    private static partial int UsleepUnstoppably(uint microseconds);

    private sealed class OtherListener : EventListener
    {
        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            {
                EnableEvents(eventSource, EventLevel.Informational, (EventKeywords)0x1);
            }
        }
    }
}
