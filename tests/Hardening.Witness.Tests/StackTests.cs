using Hardening.Stalls;
using static Hardening.Witness.Tests.VictimProcess;

namespace Hardening.Witness.Tests;

/// <summary>What is seen of real faults: the lines that are to blame, and who holds what.</summary>
[CancelAfter(120_000)]
public sealed class StackTests
{
    [TestCase("convoy", "monitor", "System.Object")]
    [TestCase("lock", "lock", "System.Threading.Lock")]
    public async Task Owner_and_waiters_of_a_lock_are_told_with_their_lines(string fault, string mark, string type, CancellationToken timeout)
    {
        using var victim = Start(fault, count: 7);
        var capture = await victim.CaptureUntilAsync(capture => capture.Locks is [{ WaiterThreadIds.Count: 7 }], timeout);
        var held = capture.Locks.Single();
        Assert.Multiple(() =>
        {
            Assert.That(capture.Missing, Is.Null);
            Assert.That(held.Type, Is.EqualTo(type));
            Assert.That(held.Waiters, Is.EqualTo(7));
            Assert.That(held.OwnerThreadId, Is.EqualTo(ThreadsAt(capture, $"{mark}-owner").Single()));
            Assert.That(held.WaiterThreadIds, Is.EquivalentTo(ThreadsAt(capture, $"{mark}-waiter")));
        });
    }

    [Test]
    public async Task Frames_have_the_names_of_the_source(CancellationToken timeout)
    {
        using var victim = Start("convoy", count: 1);
        var capture = await victim.CaptureUntilAsync(capture => ThreadsAt(capture, "monitor-owner").Count == 1, timeout);
        var owner = capture.Threads.Single(thread => thread.Frames.Any(frame => IsAt(frame, "monitor-owner")));
        var frame = owner.Frames.First(frame => frame.Line is not null);
        Assert.That((frame.Method, frame.Module), Is.EqualTo(("Hardening.Witness.Victim.Faults.HoldMonitor", "Hardening.Witness.Victim")));
        Assert.That(frame.MethodLine, Is.EqualTo(LineOf("monitor-owner") - 3), "the statement that its code begins with");
        Assert.That(capture.Documents.Where(document => document.File == frame.File), Is.EqualTo(new[] { new SourceDocument(frame.File!, "SHA256", Checksum) }));
        Assert.That(owner.Frames[^2].Method, Is.EqualTo("Hardening.Witness.Victim.Faults.Convoy.lambda"));
    }

    [Test]
    public async Task Code_that_was_compiled_again_has_its_own_lines(CancellationToken timeout)
    {
        using var victim = Start("often", count: 0);
        var capture = await victim.CaptureUntilAsync(capture => Marks(capture).Count() == 5, timeout);
        Assert.That(Marks(capture), Is.EquivalentTo(new[] { "outer", "inner", "lock", "slot", "pause" }));

        static IEnumerable<string> Marks(ThreadStackCapture capture) =>
            from thread in capture.Threads
            from frame in thread.Frames
            from name in new[] { "outer", "inner", "lock", "slot", "pause" }
            where IsAt(frame, $"often-{name}")
            select name;
    }

    [Test]
    public async Task Each_lock_of_a_deadlock_has_the_other_thread_as_its_waiter(CancellationToken timeout)
    {
        using var victim = Start("deadlock", count: 0);
        var capture = await victim.CaptureUntilAsync(capture => capture.Locks is [{ WaiterThreadIds: [_] }, { WaiterThreadIds: [_] }], timeout);
        var (one, other) = (capture.Locks[0], capture.Locks[1]);
        Assert.Multiple(() =>
        {
            Assert.That(one.WaiterThreadIds, Is.EqualTo(new[] { other.OwnerThreadId }));
            Assert.That(other.WaiterThreadIds, Is.EqualTo(new[] { one.OwnerThreadId }));
            Assert.That(ThreadsAt(capture, "deadlock-waiter"), Is.EquivalentTo(new[] { one.OwnerThreadId, other.OwnerThreadId }));
        });
    }

    [Test]
    public async Task A_starved_thread_pool_shows_the_call_that_blocks_it(CancellationToken timeout)
    {
        using var victim = Start("starved", count: 50);
        _ = await victim.CaptureUntilAsync(capture => ThreadsAt(capture, "sync-over-async").Count > 0, timeout);
    }

    [Test]
    public async Task Threads_that_run_are_seen_even_inside_the_runtime(CancellationToken timeout)
    {
        using var victim = Start("busy", count: 8);
        var capture = await victim.CaptureUntilAsync(
            capture => capture.Threads.Count(thread => thread.Frames.Any(frame => frame.Method.EndsWith(".Faults.Spin", StringComparison.Ordinal))) == 8, timeout);
        Assert.That(capture.Missing, Is.Null);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task An_application_that_stands_still_is_looked_at_from_outside(bool byCollector, CancellationToken timeout)
    {
        using var folder = new MarkedDirectory();
        using var victim = Start(byCollector ? "suspension" : "sleep", count: 4, new([], FrozenAfter: 1_000, WillDirectory: folder.FullName));
        if (!byCollector)
        {
            _ = await victim.ReadyAsync(timeout);
            Signals.Stop(victim.Id);
        }

        await Eventually.HoldsAsync(() => Directory.GetFiles(folder.FullName, "*-frozen.hardening-will.json").Length == 1, "a will is written", timeout);
        if (!byCollector)
        {
            Assert.That(ProcessScan.Find(victim.Id)!.State, Is.EqualTo('T'), "it is left as it was");
            Signals.Send("CONT", victim.Id);
        }

        await Eventually.HoldsAsync(() => victim.Log.Contains("2108 ", StringComparison.Ordinal), "the application hears of it", timeout);
        var capture = (await victim.CaptureAsync(timeout)).Capture;
        Assert.That(capture.Source, Does.Contain("frozen"));
        Assert.That(ThreadsAt(capture, byCollector ? "unstoppable" : "sleeper"), Has.Count.EqualTo(1));
        Assert.That(File.ReadAllText(Directory.GetFiles(folder.FullName).Single()), Does.Contain("Faults.cs"));
        Assert.That((await victim.CaptureAsync(timeout)).Capture.Source, Is.EqualTo("witness"), "the next is about now");
    }
}
