using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

public sealed class ContendedLocksTests
{
    private const long Now = 1000;

    [Test]
    public void A_lock_has_its_owner_and_who_waits_longest_comes_first()
    {
        var locks = ContendedLocks.Of([Wait(7, owner: 1, waiter: 3, start: 200), Wait(7, owner: 1, waiter: 2, start: 100)], Now);
        var contended = locks.Single();
        Assert.That((contended.LockId, contended.OwnerThreadId, contended.OldestStart), Is.EqualTo((7UL, 1, 100L)));
        Assert.That(contended.WaiterThreadIds, Is.EqualTo(new[] { 2, 3 }));
    }

    [Test]
    public void Locks_with_most_waiters_come_first_and_those_without_not_at_all()
    {
        var locks = ContendedLocks.Of(
            [Wait(7, 1, 2, 100), Wait(8, 1, 3, 200), Wait(8, 1, 4, 200), Wait(9, 1, 5, 100, end: 300), Wait(10, 1, 6, start: Now + 1)], Now);
        Assert.That(locks.Select(contended => contended.LockId), Is.EqualTo(new[] { 8UL, 7UL }));
    }

    [Test]
    public void The_moment_decides_which_waits_count()
    {
        LockWait[] waits = [Wait(7, 1, 2, start: 100, end: 300), Wait(7, 2, 3, start: 400)];
        Assert.That(ContendedLocks.Of(waits, 200).Single().WaiterThreadIds, Is.EqualTo(new[] { 2 }));
        Assert.That(ContendedLocks.Of(waits, 350), Is.Empty);
        Assert.That(ContendedLocks.Of(waits, 400).Single().WaiterThreadIds, Is.EqualTo(new[] { 3 }));
    }

    [Test]
    public void Who_has_waited_for_the_lock_and_got_it_is_the_owner_for_those_behind_it()
    {
        var locks = ContendedLocks.Of([Wait(7, owner: 1, waiter: 2, start: 100, end: 500), Wait(7, owner: 1, waiter: 3, start: 200)], Now);
        Assert.That(locks.Single().OwnerThreadId, Is.EqualTo(2));
    }

    [Test]
    public void Who_has_given_up_is_not_the_owner_when_the_owner_was_waiting_itself()
    {
        var locks = ContendedLocks.Of(
            [Wait(7, owner: 1, waiter: 2, start: 100), Wait(8, owner: 2, waiter: 1, start: 110), Wait(7, owner: 1, waiter: 3, start: 200, end: 500)], Now);
        Assert.That(locks.Select(contended => (contended.LockId, contended.OwnerThreadId)), Is.EquivalentTo(new[] { (7UL, 1), (8UL, 2) }));
    }

    [Test]
    public void A_later_wait_knows_the_owner_better()
    {
        var locks = ContendedLocks.Of([Wait(7, owner: 1, waiter: 2, start: 100), Wait(7, owner: 5, waiter: 3, start: 300), Wait(7, owner: 0, waiter: 4, start: 400)], Now);
        Assert.That(locks.Single().OwnerThreadId, Is.EqualTo(5), "one that does not know says nothing");
    }

    [Test]
    public void A_former_owner_that_waits_for_its_lock_again_does_not_own_it()
    {
        var locks = ContendedLocks.Of([Wait(7, owner: 1, waiter: 2, start: 100), Wait(7, owner: 0, waiter: 1, start: 300)], Now);
        Assert.That(locks.Single().OwnerThreadId, Is.Zero);
    }

    private static LockWait Wait(ulong lockId, int owner, int waiter, long start, long end = 0) => new(lockId, ObjectId: lockId + 1, owner, waiter, start, end);
}
