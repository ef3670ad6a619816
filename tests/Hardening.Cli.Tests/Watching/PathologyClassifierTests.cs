using Hardening.Cli.Watching;
using Hardening.Stalls;
using Hardening.Stalls.Sampling;
using static Hardening.Cli.Tests.Watching.Rows;

namespace Hardening.Cli.Tests.Watching;

public sealed class PathologyClassifierTests
{
    private const ulong Lock = 0x7f00_0000_1000;
    private static readonly ProgramKind s_native = new(null, "native code", []);
    private static readonly ProgramKind s_python = new("the interpreter lock", "an interpreter with one lock", []);

    /// <summary>Written by 'harden watch --report', each of a program that does one thing; the file's name says which.</summary>
    [TestCase("python2-threads", nameof(PathologyKind.LockThrash), true)]
    [TestCase("python3-threads", nameof(PathologyKind.LockThrash), true)]
    [TestCase("c-convoy", nameof(PathologyKind.LockThrash), false)]
    [TestCase("c-faults", nameof(PathologyKind.MemoryStorm), false)]
    public void Names_what_was_recorded(string recording, string expected, bool isPython)
    {
        var file = StallReportFile.Read(Path.Combine(AppContext.BaseDirectory, "Watching", "Windows", recording + ".hardening.json"));
        var found = PathologyClassifier.Classify(file.Window!, recording, isPython ? s_python : s_native);
        Assert.That(found.Select(pathology => pathology.Kind.ToString()), Has.Member(expected), () => string.Join('\n', found));
        Assert.That(found.Select(pathology => pathology.Kind.ToString()), Is.SubsetOf(new[] { expected, nameof(PathologyKind.ForeignLoad) }), "the machine was busy when it was recorded");
    }

    [Test]
    public void Threads_of_Python_that_take_turns_are_told_with_the_name_of_their_lock()
    {
        var rows = new Rows().Add(10, Threads(1, 59, id => id == 1 ? Thread(id, runs: 0.6, state: 'R', switches: 20) : Thread(id, runs: 0.0086, call: Futex, argument: Lock, switches: 40)), new ProcessSample { UserTicks = 14, SystemTicks = 8 });
        var found = Only(rows, s_python);
        Assert.That(found.Headline, Is.EqualTo("58 threads of python2.7 take turns at one lock (the interpreter lock): together they used 1.1 of 2 processors, 36 % of it in the kernel"));
        Assert.That((found.Kind, found.Cause, found.Advice), Is.EqualTo((PathologyKind.LockThrash, StallCause.NativeLockContention, found.Advice)));
        Assert.That(found.Advice, Does.Contain("use processes in the place of threads"));
    }

    [Test]
    public void A_queue_at_a_lock_that_is_held_is_one_without_much_work()
    {
        var rows = new Rows().Add(10, [Thread(1, runs: 0.02), .. Threads(2, 5, id => Thread(id, runs: 0.01, call: Futex, argument: Lock))]).Owner(Lock, 1);
        Assert.That(Only(rows, s_native).Kind, Is.EqualTo(PathologyKind.LockThrash));
        Assert.That(Classify(new Rows().Add(10, [Thread(1, runs: 0.02), .. Threads(2, 5, id => Thread(id, runs: 0.01, call: Futex, argument: Lock))]), s_native), Is.Empty, "without the lock these are workers that wait for work");
    }

    [Test]
    public void Workers_of_a_busy_server_that_share_a_queue_are_healthy() =>
        Assert.That(Classify(new Rows().Add(10, [Thread(1, runs: 0.9, state: 'R', switches: 5), .. Threads(2, 12, id => Thread(id, runs: 0.01, call: Futex, argument: Lock, switches: 10))]), s_native), Is.Empty);

    [Test]
    public void One_thread_of_Python_that_computes_beside_one_that_waits_is_healthy() =>
        Assert.That(Classify(new Rows().Add(10, [Thread(1, runs: 0.9, state: 'R', switches: 30), Thread(2, runs: 0.01, call: Futex, argument: Lock, switches: 30)]), s_python), Is.Empty);

    [Test]
    public void Many_threads_that_compute_are_too_many_for_the_processors()
    {
        var found = Only(new Rows().Add(10, Threads(1, 16, id => Thread(id, runs: 0.12, delayed: 0.88, state: 'R'))), s_native);
        Assert.That((found.Kind, found.Cause), Is.EqualTo((PathologyKind.Oversubscription, StallCause.Oversubscription)));
        Assert.That(found.Headline, Is.EqualTo("16 threads of python2.7 want 2 processors: each waits 88 % of the time that it could run"));
    }

    [Test]
    public void As_many_threads_as_processors_are_not() =>
        Assert.That(Classify(new Rows().Add(10, Threads(1, 2, id => Thread(id, runs: 0.95, delayed: 0.05, state: 'R'))), s_native), Is.Empty);

    [Test]
    public void What_others_take_is_told_as_theirs()
    {
        var found = Only(new Rows().Add(10, Threads(1, 2, id => Thread(id, runs: 0.05, delayed: 0.9, state: 'R')), host: new HostSample { Runnable = 40, UserTicks = 40 }), s_native);
        Assert.That(found.Kind, Is.EqualTo(PathologyKind.ForeignLoad));
    }

    [Test]
    public void Threads_that_yield_spin()
    {
        var found = Only(new Rows().Add(10, Threads(1, 2, id => Thread(id, runs: 0.9, state: 'R', yields: 40_000)), new ProcessSample { UserTicks = 10, SystemTicks = 26 }), s_native);
        Assert.That(found.Kind, Is.EqualTo(PathologyKind.SpinStorm));
    }

    [Test]
    public void Threads_of_a_library_that_wake_each_other_are_told_with_the_library()
    {
        var kind = s_native with { ThreadLibraries = ["OpenCV", "TBB"] };
        var found = Only(new Rows().Add(10, Threads(1, 12, id => Thread(id, runs: 0.06, call: Futex, argument: Lock + ((ulong)id * 4096), switches: 1_000)), new ProcessSample { UserTicks = 6, SystemTicks = 8 }), kind);
        Assert.That(found.Kind, Is.EqualTo(PathologyKind.LibraryThreads));
        Assert.That(found.Headline, Does.Contain("OpenCV, TBB"));
    }

    [Test]
    public void A_group_that_is_held_back_is_told()
    {
        var found = Only(new Rows().Add(10, [Thread(1, runs: 0.1, delayed: 0.1)], host: new HostSample { Throttled = (long)(0.6 * Interval) }), s_native);
        Assert.That((found.Kind, found.Cause), Is.EqualTo((PathologyKind.Throttling, StallCause.Throttling)));
    }

    [Test]
    public void Children_that_crowd_the_processors_are_a_storm_and_those_that_fit_are_not()
    {
        Assert.That(Only(new Rows().Add(10, [Thread(1)], new ProcessSample { Children = 12, RunnableChildren = 10, ChildrenTicks = 36 }), s_native).Kind, Is.EqualTo(PathologyKind.ChildStorm));
        Assert.That(Classify(new Rows().Add(10, [Thread(1)], new ProcessSample { Children = 2, RunnableChildren = 2, ChildrenTicks = 36 }), s_native), Is.Empty);
    }

    [Test]
    public void Threads_of_NET_that_wait_for_one_lock_take_turns_at_it()
    {
        var rows = new Rows().Add(10, Threads(1, 6, id => Thread(id, runs: 0.1, call: Futex, argument: (ulong)id << 20)));
        var window = rows.Window() with { LockWaits = [.. Enumerable.Range(2, 5).Select(id => new LockWait(77, 0, OwnerThreadId: 1, WaiterThreadId: id, Start: Interval, End: 0))] };
        var found = PathologyClassifier.Classify(window, "server", s_native).Single();
        Assert.That((found.Kind, found.Cause), Is.EqualTo((PathologyKind.LockThrash, StallCause.LockContention)));
        Assert.That(found.Headline, Does.StartWith("5 threads of server take turns at one lock of .NET: together they used 0.6 of 2 processors"));
    }

    [Test]
    public void Collections_that_take_much_of_the_time_are_told() =>
        Assert.That(Only(new Rows().Add(10, [Thread(1, runs: 0.9)], runtime: new RuntimeSample { GcPause = (long)(0.4 * Interval), Gen2 = 1 }), s_native).Cause, Is.EqualTo(StallCause.GarbageCollection));

    [Test]
    public void A_pool_whose_queue_does_not_get_done_while_processors_are_free_is_starved()
    {
        Assert.That(Only(new Rows().Add(10, [Thread(1, runs: 0.1)], runtime: new RuntimeSample { PendingWorkItems = 400, PoolThreads = 12 }), s_native).Cause, Is.EqualTo(StallCause.ThreadPoolStarvation));
        Assert.That(Classify(new Rows().Add(10, [Thread(1, runs: 0.1)], runtime: new RuntimeSample { PendingWorkItems = 20, PoolThreads = 12, CompletedWorkItems = 400 }), s_native), Is.Empty, "2,000 a second are done");
    }

    [Test]
    public void A_few_samples_say_nothing() =>
        Assert.That(Classify(new Rows().Add(3, Threads(1, 16, id => Thread(id, runs: 0.12, delayed: 0.88, state: 'R'))), s_native), Is.Empty);

    private static IReadOnlyList<Pathology> Classify(Rows rows, ProgramKind kind) => PathologyClassifier.Classify(rows.Window(), "python2.7", kind);

    private static Pathology Only(Rows rows, ProgramKind kind)
    {
        var found = Classify(rows, kind);
        Assert.That(found, Has.Count.EqualTo(1), () => string.Join('\n', found));
        return found[0];
    }
}
