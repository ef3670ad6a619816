using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

public sealed class LockWaitBookTests
{
    [Test]
    public void Those_under_way_come_first_then_those_that_ended_last()
    {
        var book = new LockWaitBook();
        book.Began(Wait(waiter: 1, start: 10));
        book.Ended(1, at: 20);
        book.Began(Wait(waiter: 2, start: 30));
        book.Ended(2, at: 40);
        book.Began(Wait(waiter: 3, start: 50));
        Assert.That(book.Since(0).Select(wait => (wait.WaiterThreadId, wait.End)), Is.EqualTo(new[] { (3, 0L), (2, 40L), (1, 20L) }));
        Assert.That(book.Since(40).Select(wait => wait.WaiterThreadId), Is.EqualTo(new[] { 3, 2 }));
    }

    [Test]
    public void A_thread_that_begins_to_wait_has_ended_the_wait_before()
    {
        var book = new LockWaitBook();
        book.Began(Wait(waiter: 1, start: 10));
        book.Began(Wait(waiter: 1, start: 30));
        Assert.That(book.Since(0), Is.EqualTo(new[] { Wait(1, 30), Wait(1, 10) with { End = 30 } }));
    }

    [Test]
    public void Of_a_wait_whose_end_could_not_be_heard_it_is_known_until_then_alone()
    {
        var book = new LockWaitBook();
        book.Began(Wait(waiter: 1, start: 10));
        book.Began(Wait(waiter: 2, start: 10));
        book.Deafen(at: 20);
        book.Deafen(at: 30);
        book.Began(Wait(waiter: 3, start: 40));
        Assert.That(book.Since(0).Select(wait => wait.End), Is.All.Zero, "they may go on");
        Assert.That(book.UnderWay().Doubtful.Select(wait => wait.WaiterThreadId), Is.EquivalentTo(new[] { 1, 2 }));
        book.Ended(3, at: 45);
        book.Began(Wait(waiter: 1, start: 50));
        book.Lose(Wait(waiter: 2, start: 10));
        Assert.That(book.Since(0), Is.EqualTo(new[] { Wait(1, 50), Wait(2, 10) with { End = 20 }, Wait(1, 10) with { End = 20 }, Wait(3, 40) with { End = 45 } }));
    }

    [Test]
    public void A_wait_that_was_lost_unnoticed_tells_nothing()
    {
        var book = new LockWaitBook();
        book.Began(Wait(waiter: 1, start: 10));
        book.Lose(Wait(waiter: 1, start: 5));
        Assert.That(book.Since(0), Has.Count.EqualTo(1), "it is another one by now");
        book.Lose(Wait(waiter: 1, start: 10));
        Assert.That(book.Since(0), Is.Empty);
    }

    [Test]
    public void Room_is_bounded_and_what_is_left_out_is_counted()
    {
        var book = new LockWaitBook(maxLive: 3, maxEnded: 2);
        for (var waiter = 1; waiter <= 5; waiter++)
        {
            book.Began(Wait(waiter, start: waiter));
        }

        Assert.That((book.UnderWay().All.Count, book.Omitted), Is.EqualTo((3, 2L)));
        for (var waiter = 1; waiter <= 5; waiter++)
        {
            book.Ended(waiter, at: 10 + waiter);
        }

        Assert.That(book.Since(0).Select(wait => wait.WaiterThreadId), Is.EqualTo(new[] { 3, 2 }));
    }

    private static LockWait Wait(int waiter, long start) => new(LockId: 7, ObjectId: 8, OwnerThreadId: 9, waiter, start, End: 0);
}
