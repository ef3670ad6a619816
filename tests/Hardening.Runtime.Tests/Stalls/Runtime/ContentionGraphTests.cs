using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

public sealed class ContentionGraphTests
{
    private const long Now = 1000;

    [Test]
    public void A_lock_has_its_owner_and_who_waits_longest_comes_first()
    {
        var graph = ContentionGraph.Of([Wait(7, owner: 1, waiter: 3, start: 200), Wait(7, owner: 1, waiter: 2, start: 100)], Now);
        var contended = graph.Locks.Single();
        Assert.That((contended.LockId, contended.OwnerThreadId, contended.OldestStart), Is.EqualTo((7UL, 1, 100L)));
        Assert.That(contended.WaiterThreadIds, Is.EqualTo(new[] { 2, 3 }));
        Assert.That(graph.FindCycle(), Is.Empty);
    }

    [Test]
    public void Locks_with_most_waiters_come_first_and_those_without_not_at_all()
    {
        var graph = ContentionGraph.Of(
            [Wait(7, 1, 2, 100), Wait(8, 1, 3, 200), Wait(8, 1, 4, 200), Wait(9, 1, 5, 100, end: 300), Wait(10, 1, 6, start: Now + 1)], Now);
        Assert.That(graph.Locks.Select(contended => contended.LockId), Is.EqualTo(new[] { 8UL, 7UL }));
    }

    [Test]
    public void The_moment_decides_which_waits_count()
    {
        LockWait[] waits = [Wait(7, 1, 2, start: 100, end: 300), Wait(7, 2, 3, start: 400)];
        Assert.That(ContentionGraph.Of(waits, 200).Locks.Single().WaiterThreadIds, Is.EqualTo(new[] { 2 }));
        Assert.That(ContentionGraph.Of(waits, 350).Locks, Is.Empty);
        Assert.That(ContentionGraph.Of(waits, 400).Locks.Single().WaiterThreadIds, Is.EqualTo(new[] { 3 }));
    }

    [Test]
    public void Who_has_waited_for_the_lock_and_got_it_is_the_owner_for_those_behind_it()
    {
        var graph = ContentionGraph.Of([Wait(7, owner: 1, waiter: 2, start: 100, end: 500), Wait(7, owner: 1, waiter: 3, start: 200)], Now);
        Assert.That(graph.Locks.Single().OwnerThreadId, Is.EqualTo(2));
    }

    [Test]
    public void Who_has_given_up_is_not_the_owner_when_the_owner_was_waiting_itself()
    {
        var graph = ContentionGraph.Of(
            [Wait(7, owner: 1, waiter: 2, start: 100), Wait(8, owner: 2, waiter: 1, start: 110), Wait(7, owner: 1, waiter: 3, start: 200, end: 500)], Now);
        Assert.That(graph.AwaitedBy(2)!.OwnerThreadId, Is.EqualTo(1));
        Assert.That(graph.FindCycle(), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void A_later_wait_knows_the_owner_better()
    {
        var graph = ContentionGraph.Of([Wait(7, owner: 1, waiter: 2, start: 100), Wait(7, owner: 5, waiter: 3, start: 300), Wait(7, owner: 0, waiter: 4, start: 400)], Now);
        Assert.That(graph.Locks.Single().OwnerThreadId, Is.EqualTo(5), "one that does not know says nothing");
    }

    [Test]
    public void A_former_owner_that_waits_for_its_lock_again_does_not_own_it()
    {
        var graph = ContentionGraph.Of([Wait(7, owner: 1, waiter: 2, start: 100), Wait(7, owner: 0, waiter: 1, start: 300)], Now);
        Assert.That(graph.Locks.Single().OwnerThreadId, Is.Zero);
        Assert.That(graph.FindCycle(), Is.Empty);
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(5)]
    public void Threads_that_wait_for_each_other_are_a_ring(int threads)
    {
        var ring = Enumerable.Range(0, threads).Select(i => Wait(100 + (ulong)((i + 1) % threads), owner: 10 + ((i + 1) % threads), waiter: 10 + i, start: 100 - i));
        LockWait[] others = [Wait(100, owner: 10, waiter: 1, start: 300), Wait(200, owner: 1, waiter: 2, start: 300)];
        var graph = ContentionGraph.Of([.. others, .. ring], Now);
        Assert.That(graph.FindCycle(), Is.EqualTo(Enumerable.Range(10, threads)), "those that only wait for the ring are not in it");
        Assert.That(graph.ChainFrom(2).Select(contended => contended.LockId), Is.EqualTo(new[] { 200UL, 100UL }.Concat(Enumerable.Range(1, threads - 1).Select(i => 100UL + (ulong)i))));
    }

    [Test]
    public void A_chain_goes_on_to_the_thread_that_does_not_wait()
    {
        var graph = ContentionGraph.Of([Wait(7, owner: 1, waiter: 2, start: 100), Wait(8, owner: 2, waiter: 3, start: 200)], Now);
        Assert.That(graph.ChainFrom(3).Select(contended => contended.OwnerThreadId), Is.EqualTo(new[] { 2, 1 }));
        Assert.That(graph.ChainFrom(1), Is.Empty);
        Assert.That(graph.FindCycle(), Is.Empty);
    }

    private static LockWait Wait(ulong lockId, int owner, int waiter, long start, long end = 0) => new(lockId, ObjectId: lockId + 1, owner, waiter, start, end);
}
