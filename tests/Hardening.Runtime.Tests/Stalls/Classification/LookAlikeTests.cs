using Hardening.Stalls;
using static Hardening.Runtime.Tests.Stalls.Classification.CauseClassifierTests;
using static Hardening.Runtime.Tests.Stalls.Classification.StallSketch;

namespace Hardening.Runtime.Tests.Stalls.Classification;

/// <summary>Pairs that look alike at first sight, and two causes at once.</summary>
public sealed class LookAlikeTests
{
    private static readonly string[] s_camera = ["App.Camera.Grab@Camera.cs:40"];

    [Test]
    public void A_lock_whose_owner_computes_is_no_oversubscription() =>
        AssertIs(StallCause.LockContention, Convoy(OfThread(), ownerRuns: 0.95).Load(user: 1.9, runnable: 4));

    [Test]
    public void A_lock_whose_owner_gets_no_processor_for_a_while_is_a_lock_with_foreign_load()
    {
        var verdict = Convoy(OfThread(), ownerRuns: 0.55, ownerWaits: 0.4).Load(user: 0.6, runnable: 3, foreign: 1.4, runnableForeign: 20).Classify();
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.LockContention), () => Told(verdict));
        Assert.That(verdict.Contributions.Select(other => other.Cause), Does.Contain(StallCause.ForeignLoad), () => Told(verdict));
    }

    [TestCase(0.1)]
    [TestCase(0.01, Description = "next to nothing is the lock's own, and still it was in the way")]
    public void A_lock_whose_owner_hardly_gets_a_processor_is_foreign_load_with_a_lock(double ownerRuns)
    {
        var verdict = Convoy(OfThread(), ownerRuns: ownerRuns, ownerWaits: 1 - ownerRuns).Load(user: 0.2, runnable: 3, foreign: 1.8, runnableForeign: 40).Classify();
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.ForeignLoad), () => Told(verdict));
        Assert.That(verdict.Contributions.Select(other => other.Cause), Does.Contain(StallCause.LockContention), () => Told(verdict));
    }

    [Test]
    public void Collections_and_a_lock_both_show_the_larger_first()
    {
        var verdict = Convoy(OfThread()).Collections(0.3).Classify();
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.LockContention), () => Told(verdict));
        Assert.That(verdict.Contributions, Is.EqualTo(new[] { new StallContribution(StallCause.GarbageCollection, 0.3) }), () => Told(verdict));
    }

    [Test]
    public void Too_many_threads_and_foreign_load_both_show()
    {
        var verdict = OfThread().Thread(CameraId, waits: 0.95, state: 'R').Load(user: 1.2, runnable: 40, foreign: 0.8, runnableForeign: 10).Classify();
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.Oversubscription), () => Told(verdict));
        Assert.That(verdict.Contributions.Select(other => other.Cause), Does.Contain(StallCause.ForeignLoad), () => Told(verdict));
    }

    [Test]
    public void Work_that_takes_too_long_by_itself_is_named_although_it_was_starved_as_well()
    {
        var verdict = OfThread().StallAfter(0.6).Thread(CameraId, runs: 0.35, waits: 0.6, state: 'R').Load(user: 0.4, runnable: 3, foreign: 1.6, runnableForeign: 20).Classify();
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.BusyActivity), () => Told(verdict));
        Assert.That(verdict.Contributions.Select(other => other.Cause), Does.Contain(StallCause.ForeignLoad), () => Told(verdict));
    }

    [Test]
    public void Who_waits_while_processors_are_idle_is_not_told_that_others_took_them()
    {
        var verdict = OfThread().Thread(CameraId, waits: 0.95, state: 'R').Load(user: 0.1, runnable: 3).Classify();
        Assert.That(verdict.Cause, Is.Not.EqualTo(StallCause.ForeignLoad), () => Told(verdict));
    }

    [Test]
    public void A_quota_is_not_foreign_load_although_others_run() =>
        AssertIs(StallCause.Throttling, OfThread().Thread(CameraId, waits: 0.9, state: 'R').Throttled(0.85).Load(user: 0.1, runnable: 5, foreign: 1.9, runnableForeign: 9));

    [Test]
    public void A_pause_in_which_processors_were_idle_is_no_work_of_the_collector()
    {
        AssertIs(StallCause.GarbageCollectionSuspension, OfThread().Thread(CameraId).Collections(0.95).Load(user: 0.1));
        AssertIs(StallCause.GarbageCollection, OfThread().Thread(CameraId).Collections(0.95).Load(user: 0.9));
        AssertIs(StallCause.GarbageCollection, OfThread().Thread(CameraId).Collections(0.95).Load(user: 0.1, foreign: 1.9, runnableForeign: 9));
    }

    [Test]
    public void Children_are_not_foreign_load() =>
        AssertIs(StallCause.ChildStorm, OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 0.1, runnable: 4, children: 1.5, runnableChildren: 20, foreign: 0.4, runnableForeign: 4));

    [Test]
    public void Others_are_no_child_storm_because_there_are_children() =>
        AssertIs(StallCause.ForeignLoad, OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 0.1, runnable: 4, children: 0.2, runnableChildren: 2, foreign: 1.7, runnableForeign: 20));

    [Test]
    public void Kernel_time_with_page_faults_is_memory_and_without_is_not()
    {
        AssertIs(StallCause.MemoryStorm, OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 0.2, system: 1.6, runnable: 30, faults: 400_000));
        AssertIs(StallCause.KernelStorm, OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 0.2, system: 1.6, runnable: 30, faults: 4_000));
    }

    [Test]
    public void Uninterruptible_sleep_is_memory_or_a_device_by_where_it_is()
    {
        AssertIs(StallCause.MemoryStorm, OfThread().Thread(CameraId, state: 'D', at: "do_user_addr_fault", call: -1).Load(system: 1, faults: 100_000));
        AssertIs(StallCause.BlockedIO, OfThread().Thread(CameraId, state: 'D', at: "folio_wait_bit_common", call: 0).Load(system: 1, faults: 100_000));
    }

    [Test]
    public void A_thread_that_spins_is_not_one_at_work()
    {
        AssertIs(StallCause.BusyActivity, OfThread().Thread(CameraId, runs: 0.95, state: 'R', yields: 5_000).Stack(CameraId, s_camera));
        AssertIs(StallCause.SpinStorm, OfThread().Thread(CameraId, runs: 0.95, state: 'R').Stack(CameraId, ["System.Threading.SpinWait.SpinOnce", .. s_camera]));
        AssertIs(StallCause.SpinStorm, OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 0.3, runnable: 16, foreign: 1.7, runnableForeign: 40).Stack(CameraId, ["System.Threading.Thread.Yield", .. s_camera]));
    }

    [Test]
    public void One_thread_at_an_event_is_no_lock_and_a_crowd_at_one_statement_is()
    {
        AssertIs(StallCause.BlockedActivity, OfThread().Thread(CameraId).Stack(CameraId, ["System.Threading.WaitHandle.WaitOne", .. s_camera]));
        var crowd = OfThread().Thread(CameraId).Stack(CameraId, ["System.Threading.WaitHandle.WaitOne", .. s_camera]);
        foreach (var id in Enumerable.Range(31, 10))
        {
            crowd.Thread(id).Stack(id, ["System.Threading.WaitHandle.WaitOne", .. s_camera]);
        }

        AssertIs(StallCause.LockContention, crowd);
    }

    [Test]
    public void Idle_threads_of_a_library_at_one_futex_are_no_lock_of_an_activity_that_is_not_there() =>
        AssertIs(StallCause.BlockedActivity, OfThread().Thread(CameraId).Threads(31, 20, "omp", argument: Futex));

    [Test]
    public void What_a_snapshot_saw_and_what_was_heard_later_of_one_lock_are_no_circle() =>
        AssertIs(StallCause.LockContention, OfThread().Thread(CameraId).Waits(CameraId, OwnerId, 1).Waits(OwnerId, 33, 1).Held(9, "object", OwnerId, 33, CameraId));

    [Test]
    public void A_convoy_that_takes_turns_is_no_deadlock()
    {
        var sketch = OfThread().Thread(CameraId).Thread(OwnerId).Thread(33).Waits(CameraId, OwnerId, 1).Waits(OwnerId, 33, 1, from: 0.3).Waits(33, OwnerId, 1, from: 0.1, to: 0.3);
        AssertIs(StallCause.LockContention, sketch);
    }

    [Test]
    public void A_pool_that_is_starved_is_told_from_a_process_that_is()
    {
        AssertIs(StallCause.ThreadPoolStarvation, StarvedPool(OfPool()).Load(user: 0.1, runnable: 1, foreign: 1.9, runnableForeign: 10));
        AssertIs(StallCause.GarbageCollection, OfPool().Threads(41, 6, ".NET TP Worker").PoolQueue(40, 1.5).Collections(0.9));
    }

    [Test]
    public void A_pool_with_nothing_in_its_queue_is_not_starved_but_late_like_all()
    {
        var verdict = OfPool().Threads(41, 3, ".NET TP Worker").PoolQueue(0, 1.5).CanaryLate(0.15).Load(user: 1.9, runnable: 126).Classify();
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.Oversubscription), () => Told(verdict));
        Assert.That(verdict.Contributions.Select(other => other.Cause), Does.Not.Contain(StallCause.ThreadPoolStarvation), () => Told(verdict));
    }

    [Test]
    public void A_thread_that_was_preempted_often_before_it_stood_still_does_not_spin()
    {
        var window = OfThread().Thread(CameraId, slices: 190).Build();
        var samples = window.Samples.Select((sample, i) => i == 5 ? sample with { Threads = [sample.Threads[0] with { Slices = 400 }] } : sample);
        var later = window.StallStart + 199_000_000; // all but a moment of that sample is before the stall
        var verdict = Hardening.Stalls.Classification.CauseClassifier.Classify(window with { Samples = [.. samples], StallStart = later });
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.BlockedActivity), () => Told(verdict));
    }

    [Test]
    public void A_pool_whose_threads_wait_for_the_memory_map_is_no_cause_of_its_own() =>
        AssertIs(StallCause.MemoryStorm, OfPool().Threads(41, 6, ".NET TP Worker", state: 'D', at: "__vm_munmap", call: 11).PoolQueue(3, 0.8).Load(system: 1, faults: 200_000, uninterruptible: 8));

    [Test]
    public void A_pool_whose_threads_stand_in_one_lock_shows_both()
    {
        var sketch = StarvedPool(OfPool());
        foreach (var id in Enumerable.Range(41, 6))
        {
            sketch.Waits(id, OwnerId);
        }

        var verdict = sketch.Classify();
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.ThreadPoolStarvation), () => Told(verdict));
        Assert.That(verdict.Contributions.Select(other => other.Cause), Does.Contain(StallCause.LockContention), () => Told(verdict));
    }

    [Test]
    public void Without_wait_channels_stacks_or_locks_a_blocked_thread_is_unknown()
    {
        var verdict = OfThread().Thread(CameraId, at: null, call: -1).Classify();
        Assert.That(verdict.Cause, Is.EqualTo(StallCause.Unknown), () => Told(verdict));
        Assert.That(verdict.Evidence[0], Is.EqualTo("The 2 s of 'camera' (thread 11): 100 % blocked."));
        Assert.That(verdict.Contributions, Is.Empty, "a guess is not dressed up as a contribution either");
    }

    [Test]
    public void A_lock_that_may_have_been_missed_makes_an_own_wait_unknown() =>
        AssertIs(StallCause.Unknown, OfThread().Thread(CameraId).Contentions(60));

    [Test]
    public void An_activity_whose_thread_has_ended_is_told_by_the_crowd_with_less_confidence()
    {
        var window = Convoy(OfThread()).Build();
        foreach (var thread in (int[])[0, 999])
        {
            var verdict = Hardening.Stalls.Classification.CauseClassifier.Classify(window with { Activity = window.Activity with { ThreadId = thread } });
            Assert.That(verdict.Cause, Is.EqualTo(StallCause.LockContention), () => Told(verdict));
            Assert.That(verdict.Confidence, Is.LessThan(Convoy(OfThread()).Classify().Confidence));
        }
    }

    // When it is let go all of its threads want to run at once, and wait for a while: the one that takes the samples tells how long.
    [Test]
    public void A_stop_on_a_machine_that_others_have_is_told_from_starvation_by_the_signal_and_the_wait_of_the_watchdog()
    {
        StallSketch Late(double waited, int continued) =>
            OfProcess().Named(70, "stall-watchdog").Thread(70, waits: 5 * waited, state: 'R').Late(2, continued, canary: 1.9).RunDelay(1.4 + waited).Load(user: 0, runnable: 20, foreign: 19, runnableForeign: 24);

        AssertIs(StallCause.ProcessStopped, Late(waited: 0.05, continued: 1));
        AssertIs(StallCause.ForeignLoad, Late(waited: 1.7, continued: 1));
        AssertIs(StallCause.ForeignLoad, Late(waited: 1.7, continued: 0));
    }

    [Test]
    public void An_activity_without_a_thread_is_told_by_what_holds_for_the_whole_process()
    {
        AssertIs(StallCause.GarbageCollection, OfThread().WithoutThread().Collections(0.9));
        AssertIs(StallCause.ThreadPoolStarvation, OfThread().WithoutThread().PoolQueue(400, 2));
        AssertIs(StallCause.ForeignLoad, OfThread().WithoutThread().CanaryLate(0.19).Load(foreign: 1.9, runnableForeign: 20));
        AssertIs(StallCause.Unknown, OfThread().WithoutThread());
    }

    private static void AssertIs(StallCause cause, StallSketch sketch)
    {
        var verdict = sketch.Classify();
        Assert.That(verdict.Cause, Is.EqualTo(cause), () => Told(verdict));
    }
}
