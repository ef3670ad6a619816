using Hardening.Cli.Watching;
using Hardening.Stalls;
using Hardening.Stalls.Sampling;
using static Hardening.Cli.Tests.Watching.Rows;

namespace Hardening.Cli.Tests.Watching;

public sealed class StallFinderTests
{
    private const ulong Lock = 0x7f00_0000_1000;

    [Test]
    public void A_thread_that_is_ready_and_gets_no_processor_stalls_until_it_runs()
    {
        var finder = Feed(new Rows().Add(5, [Thread(1, runs: 0.5)]).Add(8, [Thread(1, delayed: 1, state: 'R')]).Add(2, [Thread(1, runs: 0.5)]));
        Assert.That(finder.All, Has.Count.EqualTo(1));
        var stall = finder.All[0];
        Assert.That((stall.Kind, stall.HasEnded, stall.Start / Interval, stall.End / Interval), Is.EqualTo((Stillness.Starved, true, 5L, 13L)));
        Assert.That(stall.Threads.Keys, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void A_wait_for_a_processor_that_is_shorter_than_the_limit_is_none() =>
        Assert.That(Feed(new Rows().Add(5, [Thread(1, runs: 0.5)]).Add(4, [Thread(1, delayed: 1, state: 'R')]).Add(5, [Thread(1, runs: 0.5)])).All, Is.Empty);

    [TestCase('T')]
    [TestCase('t')]
    public void A_process_whose_threads_are_all_stopped_stands_still(char state)
    {
        var finder = Feed(new Rows().Add(3, [Thread(1, runs: 0.1), Thread(2)]).Add(7, [Thread(1, state: state), Thread(2, state: state)]));
        Assert.That(finder.All.Select(stall => (stall.Kind, stall.HasEnded)), Is.EqualTo(new[] { (Stillness.Stopped, false) }));
    }

    [Test]
    public void A_thread_at_a_lock_that_somebody_holds_stalls_whatever_it_did_before()
    {
        var finder = Feed(new Rows().Add(6, [Thread(1, state: 'S', call: 34), Thread(2, call: Futex, argument: Lock), Thread(3, call: Futex, argument: Lock)]), new Owners(Lock, 1));
        Assert.That(finder.All, Has.Count.EqualTo(1));
        Assert.That(finder.All[0].Threads.Keys, Is.EquivalentTo(new[] { 2, 3 }));
        Assert.That(finder.All[0].Owners, Is.EqualTo(new Dictionary<ulong, int> { [Lock] = 1 }));
    }

    [Test]
    public void Workers_that_wait_for_work_at_one_place_are_no_stall() =>
        Assert.That(Feed(new Rows().Add(12, Threads(1, 8, id => Thread(id, runs: 0.2))).Add(20, Threads(1, 8, id => Thread(id, call: Futex, argument: Lock)))).All, Is.Empty);

    [Test]
    public void They_are_told_as_silent_when_they_used_to_run()
    {
        var finder = Feed(new Rows().Add(12, Threads(1, 2, id => Thread(id, runs: 0.2))).Add(20, Threads(1, 2, id => Thread(id, call: Futex, argument: Lock))));
        Assert.That(finder.Silent.Select(thread => thread.ThreadId), Is.EquivalentTo(new[] { 1, 2 }));
    }

    [Test]
    public void Threads_of_an_interpreter_whose_lock_does_not_come_stall_together()
    {
        var rows = new Rows().Add(12, Threads(1, 5, id => Thread(id, runs: 0.2))).Add(10, [Thread(1, runs: 1, state: 'R'), .. Threads(2, 4, id => Thread(id, runs: 0.005, call: Futex, argument: Lock, slices: 40))]);
        Assert.That(Feed(rows).All, Is.Empty, "elsewhere these are workers that wait for work");
        var stall = Feed(rows, hasInterpreterLock: true).All.Single();
        Assert.That((stall.Kind, stall.Threads.Count, stall.HasEnded), Is.EqualTo((Stillness.Futex, 4, false)));
    }

    [Test]
    public void A_lock_that_is_waited_at_by_two_words_in_turn_is_one_lock()
    {
        var rows = new Rows().Add(12, Threads(1, 4, id => Thread(id, runs: 0.2)));
        for (var i = 0; i < 10; i++)
        {
            rows.Add(1, Threads(1, 4, id => Thread(id, runs: 0.002, call: Futex, argument: Lock + (ulong)(4 * ((id + i) % 2)), slices: 40)));
        }

        Assert.That(Feed(rows, hasInterpreterLock: true).All, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_write_that_does_not_come_to_its_end_is_a_stall_and_what_waits_for_others_is_none()
    {
        Assert.That(Feed(new Rows().Add(6, [Thread(1, call: 1, channel: 2)])).All.Single().Kind, Is.EqualTo(Stillness.Call));
        Assert.That(Feed(new Rows().Add(20, [Thread(1, call: 0), Thread(2, call: 257), Thread(3, call: 232), Thread(4, call: 230), Thread(5, call: 61)])).All, Is.Empty);
    }

    [Test]
    public void Uninterruptible_sleep_is_a_stall_unless_it_is_another_one_each_time()
    {
        Assert.That(Feed(new Rows().Add(6, [Thread(1, state: 'D')])).All.Single().Kind, Is.EqualTo(Stillness.Device));
        Assert.That(Feed(new Rows().Add(20, [Thread(1, runs: 0.001, state: 'D', slices: 3)])).All, Is.Empty);
    }

    [Test]
    public void A_wait_for_a_lock_of_NET_that_the_runtime_tells_of_is_a_stall()
    {
        var book = new LockWaitBook();
        book.Began(new LockWait(77, 0, OwnerThreadId: 1, WaiterThreadId: 2, Start: 1 * Interval, End: 0));
        var finder = Feed(new Rows().Add(8, [Thread(1, runs: 0.1), Thread(2, call: Futex, argument: Lock)]), locks: new Heard(book));
        Assert.That(finder.All.Single().Key, Is.EqualTo(77));
    }

    [Test]
    public void A_lock_of_NET_that_stacks_show_is_a_stall_of_those_that_have_not_moved_since()
    {
        var finder = new StallFinder(TimeSpan.FromSeconds(1), new Owners(0, 0), locks: null, hasInterpreterLock: false);
        var rows = new Rows().Add(8, [Thread(1), Thread(2, call: Futex, argument: Lock), Thread(3, call: Futex, argument: Lock + 4096)]).Samples;
        finder.Add(rows[0]);
        finder.NoteHeld([new HeldLock(0xbeef, "App.Gate", OwnerThreadId: 1, Waiters: 1, [2])], rows[1].Sample.Time);
        foreach (var sample in rows.Skip(1))
        {
            finder.Add(sample);
        }

        Assert.That(finder.All.Single().Threads.Keys, Is.EqualTo(new[] { 2 }));
    }

    private static StallFinder Feed(Rows rows, Owners? owners = null, bool hasInterpreterLock = false, ILockWaits? locks = null)
    {
        var finder = new StallFinder(TimeSpan.FromSeconds(1), owners ?? new Owners(0, 0), locks, hasInterpreterLock);
        foreach (var sample in rows.Samples)
        {
            finder.Add(sample);
        }

        return finder;
    }

    private sealed class Owners(ulong address, int owner) : IFutexOwners
    {
        public int Find(ulong at) => at == address ? owner : 0;
    }

    private sealed class Heard(LockWaitBook book) : ILockWaits
    {
        public string? Missing => null;

        public IReadOnlyList<LockWait> Since(long time) => book.Since(time);
    }
}
